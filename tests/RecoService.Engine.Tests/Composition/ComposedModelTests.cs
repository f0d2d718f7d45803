using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Tests.Composition;

/// <summary>The stages of a composed model give what scoring everything, blending or ranking it, and sorting gives.</summary>
public sealed class ComposedModelTests
{
    public static TheoryData<string, int> Lists => new() { { "checkerboard", 1 }, { "checkerboard", 10 }, { "checkerboard", 60 }, { "random", 1 }, { "random", 10 }, { "random", 45 } };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Retrieve_Hybrid_IsTheHeadOfEverythingBlendedAndSorted(string name, int length)
    {
        var data = Samples.Data(name);
        var model = Samples.Hybrid(data);
        ForEachMask(data, (user, blocked) =>
        {
            AssertSame(PlainLists.OfBlend(model, data.HistoryOf(user), blocked, length), Retrieved(model, data.HistoryOf(user), blocked, length));
            AssertSame(PlainLists.OfBlend(model, data.HistoryOf(user), blocked, length), Retrieved(model.ForServing(), data.HistoryOf(user), blocked, length));
        });
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Retrieve_SecondStage_IsTheHeadOfTheCandidatesRankedAndSorted(string name, int length)
    {
        var data = Samples.Data(name);
        var (model, features) = (Samples.TwoStage(data), UserItemFeatures.Of(data));
        ForEachMask(data, (user, blocked) =>
        {
            AssertSame(PlainLists.OfSecondStage(model, features, data.HistoryOf(user), blocked, length), Retrieved(model, data.HistoryOf(user), blocked, length));
            AssertSame(PlainLists.OfSecondStage(model, features, data.HistoryOf(user), blocked, length), Retrieved(model.ForServing(), data.HistoryOf(user), blocked, length));
        });
    }

    [Theory]
    [InlineData("checkerboard")]
    [InlineData("random")]
    public void Score_Hybrid_IsThatOfTheListOfTheDepth(string name)
    {
        var data = Samples.Data(name);
        var model = Samples.Hybrid(data);
        for (var user = 0; user < data.Users.Count; user++)
        {
            var expected = new float[data.Items.Count];
            Array.Fill(expected, float.NaN);
            foreach (var (item, score) in PlainLists.OfBlend(model, data.HistoryOf(user), [], length: 0, take: int.MaxValue))
                expected[item] = score;
            var actual = PlainLists.ScoresOf(model, data.HistoryOf(user));
            for (var item = 0; item < expected.Length; item++)
                Assert.Equal(expected[item], actual[item], 1e-4f);
        }
    }

    [Theory]
    [InlineData("checkerboard")]
    [InlineData("random")]
    public void Score_SecondStage_IsTheSameUnderEveryFilter(string name)
    {
        var data = Samples.Data(name);
        var model = Samples.TwoStage(data);
        ForEachMask(data, (user, blocked) =>
        {
            var scores = PlainLists.ScoresOf(model, data.HistoryOf(user));
            Assert.All(Retrieved(model, data.HistoryOf(user), blocked, 12), entry => Assert.Equal(scores[entry.Item], entry.Score, 1e-4f));
        });
    }

    /// <summary>The checkerboard's withheld diagonal comes first wherever parts learn from users; a blend and an order that follow them keep it there.</summary>
    [Fact]
    public void Retrieve_Checkerboard_PutsTheWithheldItemFirst()
    {
        var data = Samples.Data("checkerboard");
        foreach (var model in new[] { new ComposedModel(Samples.Hybrid(data).Retrieving, [], new WeightedBlend([0.6f, 0.4f, 0]), Samples.Depth), Samples.TwoStage(data) })
        {
            for (var user = 0; user < data.Users.Count; user++)
                Assert.Equal(user, Retrieved(model, data.HistoryOf(user), PlainLists.BitsOf(data.HistoryOf(user).Items.ToArray(), data.Items.Count), 1)[0].Item);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Retrieve_WarmAndServed_AllocatesNothing(bool isHybrid)
    {
        var data = Samples.Data("random");
        var model = (isHybrid ? Samples.Hybrid(data, "rp3beta", "popularity") : Samples.TwoStage(data)).ForServing();
        var (best, blocked, items, scores) = (new TopK(10), new ulong[1], new int[60], new float[60]);
        int[] asked = [.. Enumerable.Range(0, 60)];

        // What a pool of arrays gives up to a collection meanwhile is no part of a request.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBy(AskAll)));

        void AskAll()
        {
            for (var user = 0; user < data.Users.Count; user++)
            {
                model.Retrieve(data.HistoryOf(user), blocked, best);
                best.Drain(items, scores);
                model.Score(data.HistoryOf(user), asked, scores);
            }
        }
    }

    [Fact]
    public void WithParts_OtherKeys_TakesTheRankerAlong()
    {
        var data = Samples.Data("random");
        var model = Samples.TwoStage(data);
        var items = KeyMap.FromAscending([-5, .. data.Items.Keys, 900]);

        IScorer rebased = ((IScorer)model).Rebase(data.Users, items);

        var known = data.HistoryOf(8);
        var shifted = new UserHistory(8, [.. known.Items.ToArray().Select(item => item + 1)], known.Weights, known.Times, known.Ratings);
        Assert.Equal([float.NaN, .. PlainLists.ScoresOf(model, known), float.NaN], PlainLists.ScoresOf(rebased, shifted));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.WithParts([]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_WhatWasWritten_AnswersTheSame(bool isHybrid)
    {
        var data = Samples.Data("random");
        var model = isHybrid ? Samples.Hybrid(data) : Samples.TwoStage(data);
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;

        var read = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats).Over(data);

        ForEachMask(data, (user, blocked) => Assert.Equal(Retrieved(model, data.HistoryOf(user), blocked, 30), Retrieved(read, data.HistoryOf(user), blocked, 30)));
    }

    [Fact]
    public void Retrieve_PartMadeOfParts_IsThatOfThePartWhereNothingElseHasASay()
    {
        var data = Samples.Data("checkerboard");
        var inner = Samples.TwoStage(data);
        var outer = new ComposedModel([new ModelPart("inner", inner)], [], new WeightedBlend([1]), Samples.Depth);
        var blocked = PlainLists.BitsOf(data.HistoryOf(4).Items.ToArray(), data.Items.Count);

        Assert.Equal(Retrieved(inner, data.HistoryOf(4), blocked, 10).Select(entry => entry.Item), Retrieved(outer, data.HistoryOf(4), blocked, 10).Select(entry => entry.Item));
        Assert.Equal(["implicit-als"], inner.Retrieving.Select(part => part.Name));
        Assert.Single(outer.Find<ISimilarUsers>());
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Each user with nothing blocked, their history blocked, and a third of the items beside half of it.</summary>
    private static void ForEachMask(InteractionDataset data, Action<int, ulong[]> check)
    {
        for (var user = 0; user < data.Users.Count; user++)
        {
            var history = data.HistoryOf(user).Items.ToArray();
            check(user, []);
            check(user, PlainLists.BitsOf(history, data.Items.Count));
            check(user, PlainLists.BitsOf([.. history.Where((_, position) => position % 2 == 0), .. Enumerable.Range(0, data.Items.Count).Where(item => item % 3 == 0)], data.Items.Count));
        }
    }

    private static (int Item, float Score)[] Retrieved(IScorer model, UserHistory user, ulong[] blocked, int length)
    {
        var (best, items, scores) = (new TopK(length), new int[length], new float[length]);
        model.Retrieve(user, blocked, best);
        return [.. items[..best.Drain(items, scores)].Zip(scores)];
    }

    /// <summary>Items of nearly the same score may stand either way round.</summary>
    private static void AssertSame((int Item, float Score)[] expected, (int Item, float Score)[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var position = 0; position < expected.Length; position++)
        {
            Assert.Equal(expected[position].Score, actual[position].Score, 1e-4f);
            if (position > 0 && position + 1 < expected.Length && expected[position - 1].Score - expected[position].Score > 1e-4f && expected[position].Score - expected[position + 1].Score > 1e-4f)
                Assert.Equal(expected[position].Item, actual[position].Item);
        }
    }
}
