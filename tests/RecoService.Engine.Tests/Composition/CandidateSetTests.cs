using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Composition;

public sealed class CandidateSetTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([1]);
    private static readonly KeyMap Items = KeyMap.FromAscending([.. Enumerable.Range(0, 200)]);

    /// <summary>Of a user with item 0: item 1 scores 2 and item 2 scores 4. Popularity says 200 less the item, and does not know item 7.</summary>
    private static readonly ModelPart[] Parts =
    [
        new("items", new ItemWeightsModel(Users, Items, SparseMatrix.FromEntries(200, 200, [0, 0], [1, 2], [2, 4]), default)),
        new("popular", new PopularityModel(Users, Items, [.. Enumerable.Range(0, 200).Select(item => item == 7 ? float.NaN : 200f - item)])),
    ];

    private static UserHistory History => new(0, [0], [1], [0], [float.NaN]);

    [Fact]
    public void Retrieve_SeveralParts_HoldsEachItemOnceWithWhatEveryPartSays()
    {
        var set = new CandidateSet(200);

        set.Retrieve(Parts, History, [0b1], count: 3, depth: 3, exactly: false);

        Assert.Equal([1, 2, 3], set.Items.ToArray().Order());
        Assert.Equal([2f, 4, float.NaN], InOrder(set, set.Column(0)));
        Assert.Equal([199f, 198, 197], InOrder(set, set.Column(1)));
        Assert.Equal([0.5f, 1, 0], InOrder(set, set.ScaledColumn(0)));
        // A part's worst candidate that is not below nothing stays above it.
        Assert.Equal([1f, 198 / 199f, 197 / 199f], InOrder(set, set.ScaledColumn(1)));
        Assert.Equal(set.ScaledColumn(1).ToArray(), set.ScaledColumn(1).ToArray());
    }

    [Fact]
    public void Retrieve_OwnItemsUnblocked_AsksForAsManyMore()
    {
        var set = new CandidateSet(200);

        set.Retrieve(Parts, History, [], count: 2, depth: 2, exactly: false);

        Assert.Equal([0, 1, 2], set.Items.ToArray().Order());
        Assert.Equal(200 / 199f, InOrder(set, set.ScaledColumn(1))[0]);
    }

    [Fact]
    public void Retrieve_Exactly_HoldsNoMoreThanTheBestOfEach()
    {
        var set = new CandidateSet(200);

        set.Retrieve(Parts, History, [], count: 1, depth: 1, exactly: true);

        Assert.Equal([0, 2], set.Items.ToArray().Order());
        Assert.Equal([float.NaN, 4], InOrder(set, set.Column(0)));
    }

    [Fact]
    public void Retrieve_Again_KnowsNothingOfTheUserBefore()
    {
        var (set, fresh) = (new CandidateSet(200), new CandidateSet(200));
        set.Retrieve(Parts, History, [], count: 50, depth: 50, exactly: false);
        set.Scores.Fill(9);
        foreach (var part in new[] { 0, 1 })
            set.ScaledColumn(part);

        set.Retrieve(Parts, new UserHistory(-1), [0b110], count: 4, depth: 4, exactly: false);
        fresh.Retrieve(Parts, new UserHistory(-1), [0b110], count: 4, depth: 4, exactly: false);

        Assert.Equal(fresh.Items, set.Items);
        for (var part = 0; part < 2; part++)
        {
            Assert.Equal(fresh.Column(part), set.Column(part));
            Assert.Equal(fresh.ScaledColumn(part), set.ScaledColumn(part));
        }

        Assert.Equal(float.NaN, set[1]);
        Assert.Equal(float.NaN, set[100]);
    }

    [Fact]
    public void Assign_AnyItems_KeepsTheirOrder()
    {
        var set = new CandidateSet(200);

        set.Assign(Parts, History, [7, 2, 0]);

        Assert.Equal([7, 2, 0], set.Items.ToArray());
        Assert.Equal([float.NaN, 4, float.NaN], set.Column(0));
        Assert.Equal([float.NaN, 198, 200], set.Column(1));
    }

    [Fact]
    public void OfferTo_Scored_KeepsTheBest()
    {
        var set = new CandidateSet(200);
        set.Assign(Parts, History, [7, 2, 0]);
        set.Column(1).CopyTo(set.Scores);
        var (best, items) = (new TopK(5), new int[5]);

        set.OfferTo(best);

        Assert.Equal([0, 2], items[..best.Drain(items, new float[5])]);
    }

    /// <summary>Whatever the scores: nothing at or below 0, nothing blocked, and at least the best of the rest.</summary>
    [Theory]
    [InlineData(5, 10)]
    [InlineData(200, 10)]
    [InlineData(5000, 10)]
    [InlineData(5000, 400)]
    [InlineData(777, 700)]
    public void Collect_AnyScores_HoldsAtLeastTheBest(int itemCount, int wanted)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var all = new float[itemCount];
            for (var item = 0; item < itemCount; item++)
                all[item] = random.Next(4) < seed % 4 ? MathF.Round((random.NextSingle() * 40) - 10) : 0;
            var blocked = new ulong[Bits.WordsFor(itemCount / 2)];
            for (var item = 0; item < itemCount / 2; item += 1 + (seed % 3))
                Bits.Set(blocked, item);
            var found = new int[itemCount];

            var count = BestOfAll.Collect(all, Math.Min(wanted, itemCount), blocked, found);

            var may = Enumerable.Range(0, itemCount).Where(item => all[item] > 0 && !Bits.IsSet(blocked, item)).OrderByDescending(item => all[item]).ToList();
            var got = found[..count].ToHashSet();
            Assert.Equal(count, got.Count);
            Assert.Subset(may.ToHashSet(), got);
            Assert.InRange(count, Math.Min(wanted, may.Count), itemCount);
            if (count < may.Count)
                Assert.True(got.Min(item => all[item]) >= may.Where(item => !got.Contains(item)).Max(item => all[item]));
        }
    }

    private static float[] InOrder(CandidateSet set, ReadOnlySpan<float> column)
    {
        var values = column.ToArray();
        Array.Sort(set.Items.ToArray(), values);
        return values;
    }
}
