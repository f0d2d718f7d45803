using FsCheck.Xunit;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Engine.Tests.Composition;

namespace RecoService.Engine.Tests.Recommending;

/// <summary>What is remembered is what would be retrieved now.</summary>
public sealed class RememberedListsTests
{
    private static readonly object Version = new();

    [Fact]
    public void Collect_TheSameAgain_AsksTheSourceOnce()
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(16));

        var first = Collected(retriever, user: 3, Version, blocked: 0b10, capacity: 4);
        var second = Collected(retriever, user: 3, Version, blocked: 0b10, capacity: 4);

        Assert.Equal(first, second);
        Assert.Equal(1, source.Asked);
        Assert.Equal([0, 2, 3, 4], first.Select(entry => entry.Index));
    }

    [Fact]
    public void Collect_AnythingElse_AsksAgain()
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(16));
        Collected(retriever, 3, Version, 0, 4);

        Assert.Equal(5, Collected(retriever, 3, Version, 0, 5).Count);
        Assert.Equal(1, Collected(retriever, 3, Version, 1, 4)[0].Index);
        Collected(retriever, 3, new object(), 0, 4);
        Collected(retriever, 4, Version, 0, 4);
        Assert.Equal(5, source.Asked);
    }

    /// <summary>Sessions, and histories of which nobody knows whether they have changed.</summary>
    [Theory]
    [InlineData(-1, true)]
    [InlineData(3, false)]
    public void Collect_OfWhomNothingTellsChanges_AsksEachTime(int user, bool hasVersion)
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(16));

        for (var time = 0; time < 3; time++)
            Collected(retriever, user, hasVersion ? Version : null, 0, 4);

        Assert.Equal(3, source.Asked);
    }

    /// <summary>A list goes on from what other sources have offered, and that is nobody else's.</summary>
    [Fact]
    public void Collect_IntoAQueueThatHoldsSomething_AsksEachTime()
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(16));
        for (var time = 0; time < 2; time++)
        {
            var best = new TopK(2);
            best.Offer(9, 100);
            retriever.Collect(new RequestContext(new UserHistory(3), []) { HistoryVersion = Version }, [0], best);
            Assert.Equal([9, 0], Drained(best).Select(entry => entry.Index));
        }

        Assert.Equal(2, source.Asked);
    }

    [Fact]
    public void Lists_MoreThanThereIsRoomFor_AreTheLatest()
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(5));
        for (var user = 0; user < 8; user++)
            Collected(retriever, user, Version, 0, 4);

        for (var user = 4; user < 8; user++)
            Collected(retriever, user, Version, 0, 4);
        Assert.Equal(8, source.Asked);
        Collected(retriever, 0, Version, 0, 4);
        Assert.Equal(9, source.Asked);
    }

    /// <summary>Random requests, of few users, masks and lengths, so that the same come again: never another list than that of who remembers nothing.</summary>
    [Property]
    public bool Collect_OfAnyRequests_IsWhatTheSourceSays(byte[] requests)
    {
        var source = new Counting();
        var retriever = new RememberingRetriever(source, new RememberedLists(4));
        object[] versions = [new(), new()];
        foreach (var request in requests ?? [])
        {
            var (user, version, blocked, capacity) = (request & 3, versions[(request >> 2) & 1], (ulong)((request >> 3) & 3), 1 + ((request >> 5) & 3));
            if (!Collected(retriever, user, version, blocked, capacity).SequenceEqual(Collected(new Counting(), user, version, blocked, capacity)))
                return false;
        }

        return true;
    }

    /// <summary>Beside a state that remembers nothing, through purchases, items that come and go, and an erasure: each list twice.</summary>
    [Theory]
    [InlineData("hybrid")]
    [InlineData("two-stage")]
    [InlineData("implicit-als")]
    [InlineData("item-knn")]
    public void Recommend_WhileEverythingChanges_IsAsWithoutMemory(string name)
    {
        var data = Samples.Data("random");
        IScorer model = name switch { "hybrid" => Samples.Hybrid(data), "two-stage" => Samples.TwoStage(data), _ => Samples.Part(name, data).Model };
        var (remembering, forgetful) = (State(model, data, 64), State(model, data, 0));
        var random = new SeededRandom(5, 0);
        for (var step = 0; step < 120; step++)
        {
            var (user, item) = (random.Next(data.Users.Count), random.Next(data.Items.Count));
            foreach (var state in (ServingState[])[remembering, forgetful])
            {
                if (step % 3 == 0)
                    state.Apply([new ServedInteraction(data.Users[user], $"u{data.Users[user]}", data.Items[item], $"i{data.Items[item]}", Datasets.Purchase, 0, 1000 + step)]);
                else if (step % 10 == 1)
                    state.Apply(new ServedItem(data.Items[item], $"i{data.Items[item]}", Record(step) with { Hidden = step % 20 == 1 }));
                else if (step == 70)
                    state.EraseUser(data.Users[0]);
            }

            foreach (var id in (string[])[$"u{data.Users[user]}", $"u{data.Users[0]}", "nobody"])
            {
                Assert.Equal(forgetful.Recommend(id, 10), remembering.Recommend(id, 10));
                Assert.Equal(forgetful.Recommend(id, 10), remembering.Recommend(id, 10));
            }
        }
    }

    private static ServingState State(IScorer model, InteractionDataset data, int remembered) => new(
        [new ServedModel("model", 1, model, ModelRoles.Recommender)], [.. data.Users.Keys.ToArray().Select(key => (key, $"u{key}"))],
        CatalogueBuilder.Of(data.Items.Keys.ToArray().Select(key => new ServedItem(key, $"i{key}", Record(0)))), data, new ServingOptions { RememberedLists = remembered });

    private static CatalogueItem Record(long revision) => new(Listed: true, Available: true, Hidden: false, Deleted: false, null) { Revision = revision };

    private static List<(int Index, float Score)> Collected(IRetriever retriever, int user, object? version, ulong blocked, int capacity)
    {
        var best = new TopK(capacity);
        retriever.Collect(new RequestContext(new UserHistory(user), []) { HistoryVersion = version }, [blocked], best);
        return Drained(best);
    }

    private static List<(int Index, float Score)> Drained(TopK best)
    {
        var (indexes, scores) = (new int[best.Capacity], new float[best.Capacity]);
        var count = best.Drain(indexes, scores);
        return [.. indexes.Zip(scores).Take(count)];
    }

    /// <summary>Eight items, of falling scores that depend on the user.</summary>
    private sealed class Counting : IRetriever
    {
        public int Asked { get; private set; }

        public string Name => "counting";

        public void Collect(in RequestContext context, ReadOnlySpan<ulong> blocked, TopK best)
        {
            Asked++;
            for (var item = 0; item < 8; item++)
            {
                if (!Bits.IsSet(blocked, item))
                    best.Offer(item, context.User.UserIndex - item);
            }
        }
    }
}
