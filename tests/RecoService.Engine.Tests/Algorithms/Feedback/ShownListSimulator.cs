using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Feedback;

/// <summary>
/// A shop whose users first find items by themselves, and are then shown lists of ten, ordered by price, for which nobody cares. They look at the top more than at the bottom, and click what they look at
/// and want. What they want is known: a taste for categories, and how good the item is.
/// </summary>
internal sealed class ShownListSimulator
{
    public const int Places = 10;
    public const long FirstShownAt = 1_000_000_000;

    private const int Categories = 8;
    private const int Found = 6;
    private const int Pool = 30;

    private readonly int users;
    private readonly int items;
    private readonly float[] taste;
    private readonly float[] worth;
    private readonly float[] price;
    private readonly int seed;

    /// <param name="users">How many users.</param>
    /// <param name="items">How many items.</param>
    /// <param name="seed">Of everything.</param>
    public ShownListSimulator(int users, int items, int seed)
    {
        (this.users, this.items, this.seed) = (users, items, seed);
        var random = new SeededRandom(seed, -1);
        (taste, worth, price) = (new float[users * Categories], new float[items], new float[items]);
        foreach (ref var value in taste.AsSpan())
            value = random.NextGaussian() * 1.2f;
        foreach (ref var value in worth.AsSpan())
            value = random.NextGaussian() * 0.5f;
        foreach (ref var value in price.AsSpan())
            value = MathF.Exp(random.NextGaussian());
    }

    /// <summary>Of ten places how many are drawn among the pool, from the bottom up in steps; 0 for none.</summary>
    public int DrawnPlaces { get; init; }

    /// <summary>How probable it is that somebody looks at a place.</summary>
    public static double Look(int place) => 1.0 / (1 + place);

    /// <summary>How probable it is that a user clicks an item that they look at.</summary>
    public double Wanted(int user, int item) => 1 / (1 + Math.Exp(2.5 - taste[(user * Categories) + (item % Categories)] - worth[item]));

    /// <summary>What users did, and what they were shown.</summary>
    /// <param name="listsPerUser">How many lists each sees.</param>
    public InteractionDataset Log(int listsPerUser)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        var click = InteractionKinds.Default.TryGetIndex("click", out var index) ? index : throw new InvalidOperationException("There is no click.");
        for (var item = 0; item < items; item++)
            builder.AddContent(item, new ItemContent { Price = price[item], Categories = [$"c{item % Categories}"] });
        for (var user = 0; user < users; user++)
        {
            var random = new SeededRandom(seed, user);
            for (var found = 0; found < Found;)
            {
                var item = random.Next(items);
                if (random.NextDouble() < Wanted(user, item))
                    builder.Add(user, item, click, 0, (user * 100) + found++);
            }

            for (var list = 0; list < listsPerUser; list++)
                Show(builder, user, FirstShownAt + (list * 1_000_000L) + (user * 100), click, ref random);
        }

        return builder.Build();
    }

    /// <summary>nDCG@10 of a model's order of items that were drawn by chance, by user, with the probability of a click on what is looked at as the gain.</summary>
    public double[] Gains(IScorer model, InteractionDataset dataset)
    {
        var gains = new double[users];
        for (var user = 0; user < users; user++)
        {
            var random = new SeededRandom(seed + 1, user);
            var asked = Drawn(50, ref random);
            var scores = new float[asked.Length];
            model.Score(dataset.HistoryOf(user), asked, scores);
            int[] order = [.. Enumerable.Range(0, asked.Length).OrderByDescending(place => float.IsNaN(scores[place]) ? float.NegativeInfinity : scores[place]).Select(place => asked[place])];
            gains[user] = Sum(order) / Sum([.. asked.OrderByDescending(item => Wanted(user, item))]);
            double Sum(int[] ordered) => Enumerable.Range(0, Places).Sum(place => Wanted(user, ordered[place]) / Math.Log2(place + 2));
        }

        return gains;
    }

    /// <summary>How probable a click on a look is, in the mean of the ten items that a model puts first of thirty; null: of ten drawn by chance.</summary>
    public double ValueOf(IScorer? model, InteractionDataset dataset)
    {
        var sum = 0.0;
        for (var user = 0; user < users; user++)
        {
            var random = new SeededRandom(seed + 2, user);
            var pool = Drawn(Pool, ref random);
            var scores = new float[pool.Length];
            model?.Score(dataset.HistoryOf(user), pool, scores);
            sum += Enumerable.Range(0, pool.Length).OrderByDescending(place => scores[place]).Take(Places).Average(place => Wanted(user, pool[place]));
        }

        return sum / users;
    }

    private void Show(InteractionDatasetBuilder builder, int user, long time, byte click, ref SeededRandom random)
    {
        var pool = Drawn(Pool, ref random).OrderByDescending(item => price[item]).ToList();
        var (shown, touched, propensities) = (new int[Places], new long[Places], new float[Places]);
        for (var place = 0; place < Places; place++)
        {
            var isDrawn = DrawnPlaces > 0 && (place + 1) % (Places / DrawnPlaces) == 0;
            var at = isDrawn ? random.Next(pool.Count) : 0;
            (shown[place], propensities[place]) = (pool[at], isDrawn ? 1f / pool.Count : 1);
            pool.RemoveAt(at);
            var isClicked = random.NextDouble() < Look(place) * Wanted(user, shown[place]);
            touched[place] = isClicked ? time + place + 1 : Exposures.Untouched;
            if (isClicked)
                builder.Add(user, shown[place], click, 0, time + place + 1);
        }

        builder.AddShown(user, time, shown, touched, DrawnPlaces > 0 ? propensities : []);
    }

    private int[] Drawn(int count, ref SeededRandom random)
    {
        int[] all = [.. Enumerable.Range(0, items)];
        random.Shuffle(all.AsSpan());
        return all[..count];
    }
}
