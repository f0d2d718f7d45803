using RecoService.Api.Shops;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Serving;

/// <summary>Two services follow the rules of one store.</summary>
public sealed class LiveRulesTests
{
    private const string Boost = """{"boost":2}""";

    /// <summary>No look of the follower comes in between.</summary>
    private static readonly string[] Slow = ["--Reco:Recommendations:FeedInterval=00:01:00"];

    private static readonly string[] Quick = ["--Reco:Recommendations:FeedInterval=00:00:00.05"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<StoredDefinition> AppendAsync(Shop shop, string ruleId, string? definition = Boost) => shop.Store.Rules.AppendAsync(ruleId, definition, null, Ct);

    private static string Shown(Shop shop) =>
        string.Join(' ', shop.Serving.Rules.Current.All.Select(rule => $"{rule.Id}:{rule.Revision}").Append($"to {shop.Serving.Rules.Current.LastRevision}"));

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rules_OneReplicaWrites_ItHasThemAtOnceAndTheOtherAtItsNextLook(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var writes = await TestService.StartAsync(database, Slow);
        await using var reads = await TestService.StartAsync(database, Slow);
        Assert.Same(StoredDefinitions.None, writes.Shop.Serving.Rules.Current);

        await AppendAsync(writes.Shop, "b");
        await AppendAsync(writes.Shop, "a");
        Assert.True(await writes.Shop.Serving.Rules.TryRefreshAsync());

        Assert.Equal("a:2 b:1 to 2", Shown(writes.Shop));
        Assert.All(writes.Shop.Serving.Rules.Current.All, rule => Assert.Equal(Boost, rule.Definition));
        Assert.Equal("to 0", Shown(reads.Shop));
        await reads.Shop.Serving.Publisher.FollowAsync(Ct);
        Assert.Equal("a:2 b:1 to 2", Shown(reads.Shop));

        await AppendAsync(reads.Shop, "a", null);
        await AppendAsync(reads.Shop, "c");
        Assert.True(await reads.Shop.Serving.Rules.TryRefreshAsync());
        await writes.Shop.Serving.Publisher.FollowAsync(Ct);
        Assert.Equal(("b:1 c:4 to 4", "b:1 c:4 to 4"), (Shown(writes.Shop), Shown(reads.Shop)));

        // Who starts now has them before it is ready.
        await using var starts = await TestService.StartAsync(database, Slow);
        Assert.Equal("b:1 c:4 to 4", Shown(starts.Shop));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rules_TwoReplicasWriteAtOnce_BothFollowersComeToTheSame(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var one = await TestService.StartAsync(database, Quick);
        await using var other = await TestService.StartAsync(database, Quick);
        using var done = new CancellationTokenSource();
        var watching = Task.WhenAll(WatchAsync(one.Shop, done.Token), WatchAsync(other.Shop, done.Token));

        await Task.WhenAll(WriteAsync(one.Shop, "a"), WriteAsync(other.Shop, "b"));

        await Wait.UntilAsync(() => Task.FromResult(one.Shop.Serving.Rules.Current.LastRevision == 40 && other.Shop.Serving.Rules.Current.LastRevision == 40), "both have the last revision");
        await done.CancelAsync();
        await watching;
        var expected = await one.Shop.Store.Rules.LoadAsync(Ct);
        Assert.Equal(["a", "b"], expected.All.Select(rule => rule.Id));
        Assert.Equal(40, expected.LastRevision);
        Assert.Equal(expected.All, one.Shop.Serving.Rules.Current.All);
        Assert.Equal(expected.All, other.Shop.Serving.Rules.Current.All);

        static async Task WriteAsync(Shop shop, string ruleId)
        {
            for (var n = 0; n < 20; n++)
            {
                var revision = (await AppendAsync(shop, ruleId, $$"""{"n":{{n}}}""")).Revision;
                Assert.True(await shop.Serving.Rules.TryRefreshAsync());
                Assert.True(shop.Serving.Rules.Current.LastRevision >= revision, "Whoever wrote has it at once.");
            }
        }

        // The follower and the writer refresh at once, and never go back.
        static Task WatchAsync(Shop shop, CancellationToken done) => Task.Run(async () =>
        {
            var last = 0L;
            while (!done.IsCancellationRequested)
            {
                var now = shop.Serving.Rules.Current.LastRevision;
                Assert.True(now >= last, $"Revision {now} took the place of {last}.");
                last = now;
                await Task.Yield();
            }
        });
    }

    [Fact]
    public async Task Refresh_NothingNew_KeepsTheObject()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, Slow);
        var rules = service.Shop.Serving.Rules;
        await AppendAsync(service.Shop, "a");
        await rules.RefreshAsync(Ct);
        var before = rules.Current;

        await rules.RefreshAsync(Ct);
        await service.Shop.Serving.Publisher.FollowAsync(Ct);

        Assert.Same(before, rules.Current);
    }

    /// <summary>A backup may end at the same revision with other rules.</summary>
    [Fact]
    public async Task Forget_StoreOfTheSameRevision_IsReadAnewAtTheNextLook()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, Slow);
        var rules = service.Shop.Serving.Rules;
        await AppendAsync(service.Shop, "a");
        await rules.RefreshAsync(Ct);
        await database.ExecuteAsync("UPDATE rules SET rule_id = 'restored'");
        await rules.RefreshAsync(Ct);
        Assert.Equal("a:1 to 1", Shown(service.Shop));

        await rules.ForgetAsync(Ct);
        Assert.Equal("a:1 to 1", Shown(service.Shop));
        await service.Shop.Serving.Publisher.FollowAsync(Ct);

        Assert.Equal("restored:1 to 1", Shown(service.Shop));
    }

    [Fact]
    public async Task TryRefresh_StoreAway_KeepsTheRulesAndHasThemWhenItIsBack()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var service = await TestService.StartAsync(database, Slow);
        await AppendAsync(service.Shop, "a");
        Assert.True(await service.Shop.Serving.Rules.TryRefreshAsync());
        await AppendAsync(service.Shop, "b");

        await server.StopServerAsync();
        Assert.False(await service.Shop.Serving.Rules.TryRefreshAsync());
        Assert.Equal("a:1 to 1", Shown(service.Shop));
        await server.StartServerAsync();

        await Wait.UntilAsync(service.Shop.Serving.Rules.TryRefreshAsync, "the store answers again");
        Assert.Equal("a:1 b:2 to 2", Shown(service.Shop));
    }
}
