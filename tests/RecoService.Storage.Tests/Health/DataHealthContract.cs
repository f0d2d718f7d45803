using System.Globalization;
using RecoService.Engine.Evaluation;
using RecoService.Storage.Health;

namespace RecoService.Storage.Tests.Health;

public abstract class DataHealthContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private DateTimeOffset Now => Store.Inner.Now;

    [Fact]
    public async Task Count_EmptyStore_HasNothingAndNoShares()
    {
        var facts = await Store.Health.CountAsync(null, Ct);

        Assert.Equal((Now, 0, 0, 0, 0), (facts.AsOf, facts.Acts, facts.Users, facts.ActiveItems, facts.Pairs));
        Assert.Equal(Enumerable.Range(0, Store.Kinds.Count).Select(index => Store.Kinds[index].Name).Order(StringComparer.Ordinal), facts.Kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal));
        Assert.All(facts.Kinds, kind => Assert.Equal((true, 0, 0, 0), (kind.IsConfigured, kind.Acts, kind.LastWeek, kind.WeekBefore)));
        Assert.Null(facts.Gini);
        Assert.Null(facts.TopShare);
        Assert.Null(facts.KindShift);
        Assert.Null(facts.CategoryShift);
        Assert.Null(facts.NewItemShare);
        Assert.Null(facts.NewItemShareBefore);
    }

    /// <summary>Every fault once; the numbers in the comments are the acts in the order of the list.</summary>
    [Fact]
    public async Task Count_ShopWithEachFaultPlanted_FindsExactlyThose()
    {
        await PlantCatalogueAsync();
        await PlantActsAsync();
        var steps = new List<double>();

        var facts = await Store.Health.CountAsync(steps.Add, Ct);

        Assert.Equal((14, 10, 2), (facts.Acts, facts.LastWeek, facts.WeekBefore));
        Assert.Equal((12, 8, 2), Of(facts, "view"));
        Assert.Equal((1, 1, 0), Of(facts, "purchase"));
        Assert.Equal((1, 1, 0), Of(facts, "rating"));
        Assert.Equal(["purchase", "rating", "view"], facts.Kinds.Where(kind => kind.Acts > 0).Select(kind => kind.Name).Order(StringComparer.Ordinal));
        Assert.Equal(PopulationShift.Index([(8, 2), (1, 0), (1, 0), .. Enumerable.Repeat((0L, 0L), Store.Kinds.Count - 3)])!.Value, facts.KindShift!.Value, 12);
        await AssertUsersAsync(facts.Future, 1, "dan");
        await AssertUsersAsync(facts.Ancient, 1, "cem");
        // 6, 7 and 8.
        Assert.Equal(3, facts.ActsOnUnlisted);
        AssertItems(facts.Unlisted, 2, "x", "y");
        Assert.Equal(7, facts.ListedItems);
        AssertItems(facts.Untitled, 1, "e");
        AssertItems(facts.Unpriced, 1, "f");
        AssertItems(facts.Uncategorized, 1, "f");
        // One thing as a, one as b, and one as the group of c and d.
        AssertItems(facts.Duplicates, 2, "a = d");
        await AssertUsersAsync(facts.SharedSessions, 1, "bob", "bot");
        await AssertUsersAsync(facts.Programs, 1, "bot");
        Assert.Equal(3, facts.ActsOfPrograms);
        // Cold are cem, dan and eve, who did nothing.
        Assert.Equal((6, 5, 3, 12), (facts.Users, facts.ActiveUsers, facts.ColdUsers, facts.Pairs));
        // Of a to g only a has 3 acts.
        Assert.Equal((7, 6), (facts.ActiveItems, facts.ColdItems));
        AssertItems(facts.Untouched, 2, "d", "g");
        // Items have 1, 1, 1, 1, 2, 2 and 6 acts: (-6 - 4 - 2 + 0 + 2 * 2 + 4 * 2 + 6 * 6) / (7 * 14).
        Assert.Equal(36.0 / 98, facts.Gini!.Value, 12);
        Assert.Equal(6.0 / 14, facts.TopShare!.Value, 12);
        // Home: 1, 3, 5, 9, 12, 13, 14 against 2; without a category: 4, 6, 7 against 8.
        Assert.Equal(PopulationShift.Index([(7, 1), (3, 1)])!.Value, facts.CategoryShift!.Value, 12);
        // f was added two days ago; x and y became known today.
        Assert.Equal((0.3, 0), (facts.NewItemShare, facts.NewItemShareBefore));
        Assert.Equal((0, 0), (facts.Late, facts.LateByHalfHours));
        Assert.Equal(Enumerable.Range(1, 10).Select(step => step / 10.0), steps);
    }

    [Fact]
    public async Task Count_ClockOfAnotherTimeZone_TellsWholeHalfHoursFromSlowDelivery()
    {
        // Minutes late: 30, 60 and 480 are time zones, within two minutes; 45 and 100 are slow; 5 is prompt and 900 an import.
        double[] late = [30, 62, 478, 45, 100, 5, 900];
        await Store.AppendAsync([.. late.Select((minutes, user) => Store.Interaction($"u{user}", "i") with { OccurredAt = Now.AddMinutes(-minutes) })]);

        var facts = await Store.Health.CountAsync(null, Ct);

        Assert.Equal((5, 3), (facts.Late, facts.LateByHalfHours));
    }

    [Fact]
    public async Task Count_KindThatIsNoLongerConfigured_IsCountedApart()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", "like"), Store.Interaction("u", "i"));
        await using var replica = Store.Replica(new RecoService.Engine.Data.InteractionKinds([.. Enumerable.Range(0, Store.Kinds.Count).Select(index => Store.Kinds[index]).Where(kind => kind.Name != "like")]));

        var facts = await replica.Health.CountAsync(null, Ct);

        var like = Assert.Single(facts.Kinds, kind => !kind.IsConfigured);
        Assert.Equal(("like", 1), (like.Name, like.Acts));
        Assert.Equal(2, facts.Acts);
    }

    [Fact]
    public async Task Save_FactsAndCosts_AreReadByEveryReplicaAndReplaceThoseBefore()
    {
        await using var replica = Store.Replica();
        Assert.Null(await replica.Health.FindAsync(Ct));
        await Store.Health.SaveCostsAsync(Now, "[]", Ct);
        Assert.Null(await replica.Health.FindAsync(Ct));

        await Store.Health.SaveFactsAsync(Now, """{"a":1}""", Ct);
        Assert.Equal(new StoredDataHealth(Now, """{"a":1}""", null, null), await replica.Health.FindAsync(Ct));
        await Store.Health.SaveCostsAsync(Now.AddMinutes(1), """{"b":2}""", Ct);
        await replica.Health.SaveFactsAsync(Now.AddMinutes(2), """{"a":3}""", Ct);

        Assert.Equal(new StoredDataHealth(Now.AddMinutes(2), """{"a":3}""", Now.AddMinutes(1), """{"b":2}"""), await Store.Health.FindAsync(Ct));
    }

    [Fact]
    public async Task Enter_OneReplicaAtATime_UntilItLeavesOrFallsSilent()
    {
        await using var replica = Store.Replica();
        Assert.False(await Store.Health.IsTakenAsync(Ct));

        Assert.True(await Store.Health.TryEnterAsync("one", Lease, Ct));
        Assert.True(await Store.Health.TryEnterAsync("one", Lease, Ct));
        Assert.False(await replica.Health.TryEnterAsync("other", Lease, Ct));
        Assert.True(await replica.Health.IsTakenAsync(Ct));
        await replica.Health.LeaveAsync("other", Ct);
        Assert.True(await replica.Health.IsTakenAsync(Ct));
        await Store.Health.LeaveAsync("one", Ct);
        Assert.False(await Store.Health.IsTakenAsync(Ct));

        Assert.True(await Store.Health.TryEnterAsync("one", TimeSpan.FromMilliseconds(1), Ct));
        var deadline = TimeProvider.System.GetUtcNow().AddSeconds(30);
        var entered = false;
        while (!entered && TimeProvider.System.GetUtcNow() < deadline)
            entered = await replica.Health.TryEnterAsync("other", Lease, Ct);
        Assert.True(entered);
    }

    [Fact]
    public async Task IdsOf_ErasedUser_IsLeftOut()
    {
        await Store.AppendAsync(Store.Interaction("ann", "a", at: 60), Store.Interaction("bob", "a", at: 60));
        var keys = new Dictionary<string, int>(StringComparer.Ordinal) { ["ann"] = (await Store.Catalogue.GetUserAsync("ann", Ct))!.Key, ["bob"] = (await Store.Catalogue.GetUserAsync("bob", Ct))!.Key };
        await Store.EraseUserAsync("bob", Ct);

        Assert.Equal(new Dictionary<int, string> { [keys["ann"]] = "ann" }, await Store.Health.IdsOfAsync([.. keys.Values], Ct));
    }

    private async Task PlantCatalogueAsync()
    {
        var lamp = new ItemRecord { Title = "Lamp", Price = 10, Categories = ["Home", "Light"], AddedAt = Now.AddDays(-100) };
        await PutAsync("a", lamp);
        await PutAsync("b", lamp with { Title = " Lamp ", Price = 10.00m });
        await PutAsync("c", lamp with { GroupId = "g" });
        await PutAsync("d", lamp with { GroupId = "g" });
        await PutAsync("e", lamp with { Title = " " });
        await PutAsync("f", new ItemRecord { Title = "Fan", AddedAt = Now.AddDays(-2) });
        await PutAsync("g", lamp with { Title = "Chair" });
        await PutAsync("h", new ItemRecord());
        await Store.Catalogue.DeleteItemAsync("h", Ct);
        await Store.Catalogue.PutUserAsync("eve", null, Ct);
    }

    private Task PutAsync(string id, ItemRecord record) => Store.Catalogue.PutItemAsync(id, record, Ct);

    private async Task PlantActsAsync()
    {
        await Store.AppendAsync(
            Act("ann", "a", 1), Act("ann", "a", 8), Act("ann", "b", 1, "purchase"), Act("ann", "f", 1),
            Act("bob", "a", 1) with { SessionId = "s" }, Act("bob", "x", 1), Act("bob", "x", 2), Act("bob", "y", 9), Act("bob", "e", 3, "rating") with { Value = 4 },
            Act("cem", "a", 0) with { OccurredAt = DateTimeOffset.UnixEpoch.AddHours(1) });
        Store.Clock.Advance(TimeSpan.FromDays(2));
        await Store.AppendAsync(Act("dan", "a", 1));
        Store.Clock.Advance(TimeSpan.FromDays(-2));
        await Store.AppendAsync(Act("bot", "a", 1) with { SessionId = "s" }, Act("bot", "b", 1), Act("bot", "c", 1), Act("ann", "d", 1) with { Id = "back", SessionId = "s2" }, Act("dan", "d", 1) with { Id = "too", SessionId = "s2" });
        foreach (var id in (string[])["back", "too"])
            await Store.Corrections.DeleteAsync(id, Ct);
        await Store.Inner.WriteAsync(context => context.ExecuteAsync("INSERT INTO inhuman_users (user_id, interactions_a_day) VALUES ('bot', 9000), ('gone', 9999)", Ct), Ct);
    }

    private NewInteraction Act(string user, string item, double daysAgo, string kind = "view") => Store.Interaction(user, item, kind) with { OccurredAt = Now.AddDays(-daysAgo) };

    private static (long, long, long) Of(DataFacts facts, string kind) => facts.Kinds.Where(one => one.Name == kind).Select(one => (one.Acts, one.LastWeek, one.WeekBefore)).Single();

    private static void AssertItems(FoundItems found, long count, params string[] examples)
    {
        Assert.Equal(count, found.Count);
        Assert.Equal(examples, found.Examples);
    }

    private async Task AssertUsersAsync(FoundUsers found, long count, params string[] examples)
    {
        Assert.Equal(count, found.Count);
        var ids = await Store.Health.IdsOfAsync(found.Keys, Ct);
        Assert.Equal(examples, found.Keys.Select(key => ids[key]).Order(StringComparer.Ordinal));
    }
}

public sealed class SqliteDataHealthTests() : DataHealthContract(StorageProvider.Sqlite);

public sealed class PostgresDataHealthTests() : DataHealthContract(StorageProvider.Postgres);

/// <summary>Measures the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

[Collection(nameof(AloneCollection))]
public sealed class DataHealthMemoryTests
{
    private const int Acts = 1_000_000;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Count_AMillionInteractions_AllocatesNothingPerInteraction(StorageProvider provider)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var store = await TestStore.CreateAsync(provider);
        await FillAsync(store, ct);
        _ = await store.Health.FindAsync(ct);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var facts = await store.Health.CountAsync(null, ct);

        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal((Acts, 50_000, 20_000), (facts.Acts, facts.ActiveUsers, facts.ActiveItems));
        Assert.Equal(20_000, facts.Unlisted.Count);
        Assert.Equal(DataHealth.MostExamples, facts.Unlisted.Examples.Count);
        Assert.True(allocated < Acts, $"{allocated.ToString("N0", CultureInfo.InvariantCulture)} bytes for {Acts} interactions.");
    }

    private static async Task FillAsync(TestStore store, CancellationToken ct)
    {
        var now = store.Inner.Now.ToUnixTimeMilliseconds();
        var kind = (await store.Inner.KindKeysAsync(ct))[store.Kind("view")];
        await store.Inner.WriteAsync(async context =>
        {
            foreach (var (insert, count) in new[]
            {
                ("INSERT INTO users (key, id, created_at, updated_at, revision, change) SELECT n + 1, 'u' || n, 0, 0, 0, 0 FROM numbers", 50_000),
                ("INSERT INTO items (key, id, listed, created_at, updated_at, revision, change) SELECT n + 1, 'i' || n, false, 0, 0, 0, 0 FROM numbers", 20_000),
                ($"INSERT INTO interactions (id, user_key, item_key, kind, occurred_at, received_at, fingerprint, change) SELECT 'e' || n, 1 + n % 50000, 1 + (n * 7) % 20000, {kind}, {now} - n * 1000, {now}, 0, 0 FROM numbers", Acts),
            })
            {
                await context.ExecuteAsync(
                    store.Settings.Provider == StorageProvider.Sqlite
                        ? $"WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1}) {insert}"
                        : $"WITH numbers AS (SELECT CAST(n AS bigint) AS n FROM generate_series(0, {count - 1}) AS n) {insert}",
                    ct);
            }
        }, ct, TimeSpan.FromMinutes(5));
    }
}
