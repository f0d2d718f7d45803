using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Benchmarks.Training;

/// <summary>
/// A made shop of the size of a well-known peer benchmark: 53,424 users, 10,000 items, about 4.8 million pairs, every pair once.
/// Every user has 15 to 160 items, more than half of them of his own one of 16 tastes; the items' counts are log-normal, from 15 over a
/// median of about 250 to 14,000. A rating is a mean, two biases, a product of 16 planted factors and noise, in half stars.
/// </summary>
internal sealed class GeneratedShop
{
    public const int UserCount = 53_424;
    public const int ItemCount = 10_000;

    private const int TasteCount = 16;
    private const int Seed = 1;
    private const double OwnTasteShare = 0.6;
    private const int TriesPerItem = 50;

    private readonly List<(int User, int Item, float Rating)> pairs = [];

    public GeneratedShop()
    {
        var users = PlantedSide.Draw(UserCount, stream: 1);
        var items = PlantedSide.Draw(ItemCount, stream: 2);
        var random = new SeededRandom(Seed, 3);
        var lengths = new int[UserCount];
        foreach (ref var length in lengths.AsSpan())
            length = 15 + (int)(146 * Math.Pow(random.NextDouble(), 0.937));

        var urns = new Urns(items.Tastes, CountsOf(ref random, lengths.Sum()));
        var lastUser = new int[ItemCount];
        Array.Fill(lastUser, -1);
        for (var user = 0; user < UserCount; user++)
        {
            for (var (taken, tries) = (0, 0); taken < lengths[user] && tries < lengths[user] * TriesPerItem; tries++)
            {
                var taste = random.NextDouble() < OwnTasteShare ? users.Tastes[user] : urns.AnyTaste(ref random);
                if (!urns.TryDraw(taste, ref random, item => lastUser[item] != user, out var drawn))
                    continue;
                lastUser[drawn] = user;
                pairs.Add((user, drawn, RatingOf(users, user, items, drawn, ref random)));
                taken++;
            }
        }
    }

    public InteractionDataset Purchases() => Build("purchase");

    public InteractionDataset Ratings() => Build(InteractionKind.Rating);

    /// <summary>One pair in ten is withheld; both parts share the key maps of the whole.</summary>
    public (InteractionDataset Train, InteractionDataset Test) SplitRatings()
    {
        static bool IsHeldOut(long time) => new SeededRandom(Seed, time).Next(10) == 0;
        var all = Ratings();
        return (all.Where(time => !IsHeldOut(time)), all.Where(IsHeldOut));
    }

    /// <summary>Log-normal counts that sum to about <paramref name="total"/>.</summary>
    private static int[] CountsOf(ref SeededRandom random, int total)
    {
        var sizes = new double[ItemCount];
        foreach (ref var size in sizes.AsSpan())
            size = 250 * Math.Exp(1.17 * random.NextGaussian());
        for (var round = 0; round < 20; round++)
        {
            var scale = total / sizes.Sum();
            foreach (ref var size in sizes.AsSpan())
                size = Math.Clamp(size * scale, 15, 14_000);
        }

        return Array.ConvertAll(sizes, size => (int)Math.Round(size));
    }

    private static float RatingOf(PlantedSide users, int user, PlantedSide items, int item, ref SeededRandom random)
    {
        var taste = VectorMath.Dot(users.Factors[user], items.Factors[item]) / TasteCount;
        var rating = 3.5f + (0.35f * (users.Biases[user] + items.Biases[item])) + (2.4f * taste) + (0.5f * random.NextGaussian());
        return Math.Clamp(MathF.Round(rating * 2) / 2, 0.5f, 5f);
    }

    private InteractionDataset Build(string kind)
    {
        if (!InteractionKinds.Default.TryGetIndex(kind, out var kindIndex))
            throw new ArgumentException($"There is no kind '{kind}'.", nameof(kind));
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var position = 0; position < pairs.Count; position++)
            builder.Add(pairs[position].User, pairs[position].Item, kindIndex, kindIndex == InteractionKinds.Default.RatingIndex ? pairs[position].Rating : 0, position);
        return builder.Build();
    }

    /// <summary>What is planted in one side: 16 factors and a bias per row; the taste is the largest factor.</summary>
    private sealed record PlantedSide(FactorMatrix Factors, float[] Biases, int[] Tastes)
    {
        public static PlantedSide Draw(int count, int stream)
        {
            var random = new SeededRandom(Seed, stream);
            var side = new PlantedSide(new FactorMatrix(count, TasteCount), new float[count], new int[count]);
            for (var row = 0; row < count; row++)
            {
                side.Biases[row] = random.NextGaussian();
                foreach (ref var value in side.Factors.Row(row))
                    value = random.NextGaussian();
                side.Tastes[row] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(side.Factors[row]);
            }

            return side;
        }
    }

    /// <summary>For every taste an urn that holds each of its items as often as the item is to be had.</summary>
    private sealed class Urns
    {
        private readonly int[][] slips;
        private readonly int[] left;

        public Urns(int[] tastes, int[] counts)
        {
            slips = [.. Enumerable.Range(0, TasteCount).Select(taste =>
                Enumerable.Range(0, counts.Length).Where(item => tastes[item] == taste).SelectMany(item => Enumerable.Repeat(item, counts[item])).ToArray())];
            left = [.. slips.Select(urn => urn.Length)];
        }

        /// <summary>A taste by the number of slips left in its urn.</summary>
        public int AnyTaste(ref SeededRandom random)
        {
            var position = random.Next(Math.Max(left.Sum(), 1));
            var taste = 0;
            while (taste < left.Length - 1 && position >= left[taste])
                position -= left[taste++];
            return taste;
        }

        /// <summary>Draws a slip; one that is not wanted goes back.</summary>
        public bool TryDraw(int taste, ref SeededRandom random, Func<int, bool> isWanted, out int item)
        {
            item = -1;
            if (left[taste] == 0)
                return false;
            var urn = slips[taste];
            var position = random.Next(left[taste]);
            if (!isWanted(urn[position]))
                return false;
            item = urn[position];
            urn[position] = urn[--left[taste]];
            return true;
        }
    }
}
