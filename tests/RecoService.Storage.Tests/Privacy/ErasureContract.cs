using RecoService.Storage.Attribution;
using RecoService.Storage.Privacy;

namespace RecoService.Storage.Tests.Privacy;

/// <summary>What an erasure takes, and what its receipt says.</summary>
public abstract class ErasureContract(StorageProvider provider) : StorageContract(provider)
{
    private const string Needle = "needle-7f3a91c2";

    private async Task<Erasure> EraseAsync(string userId) => Assert.IsType<Erasure>(await Store.Erasures.EraseAsync(userId, TestStore.Terms, Ct));

    private async Task<Erasure> ReceiptAsync(Erasure erasure, params int[] tried) => Assert.IsType<Erasure>(await Store.Erasures.GetAsync(erasure.Id, tried, Ct));

    private async Task<Guid> ShowAsync(string userId, TimeSpan after = default)
    {
        var at = Store.Clock.GetUtcNow() + after;
        var id = Guid.CreateVersion7(at);
        await Store.Impressions.AppendAsync([new Impression(id, userId, "home", "e/new", null, "c", at, ["a", "b"]) { Sources = ["als"], ContextJson = """{"device":"phone"}""" }], Ct);
        return id;
    }

    private async Task FollowAsync()
    {
        var roles = new AttributionRole[Store.Kinds.Count];
        roles[Store.Kind("click")] = AttributionRole.Click;
        await Store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), roles, null), null, Ct);
    }

    private async Task<int> SaveModelAsync(string watermark = "w", long? run = null) =>
        (await Store.Models.SaveAsync(new NewModel(run, "popularity", "{}", 1, watermark, null, null), stream => stream.Write([1]), Ct)).Version;

    private Task PublishAsync(int version) => Store.Publications.AppendAsync(version, [version], false, "ann", null, Ct);

    private async Task SettleAsync()
    {
        Store.Clock.Advance(TestStore.Terms.SettleAfter);
        await Store.Erasures.AdvanceAsync([], 10, Ct);
    }

    private Task<long> CountAsync(string sql) => Store.Inner.ReadSnapshotAsync(context => context.CountAsync(sql, Ct), Ct);

    [Fact]
    public async Task Erase_AUser_CountsWhatWentByTable()
    {
        await Store.Catalogue.PutUserAsync("ann", """{"city":"Oslo"}""", Ct);
        var list = await ShowAsync("ann");
        await Store.AppendAsync(
            Store.Interaction("ann", "a", "click") with { RecommendationId = list }, Store.Interaction("ann", "b"), Store.Rating("ann", "a", 4), Store.Interaction("bob", "a", "click"));
        await FollowAsync();
        await ShowAsync("ann");

        var erasure = await EraseAsync("ann");

        Assert.Equal(
            "attributions 1, impressions 2, interactions 2, ratings 1, recommendation_viewers 1, users 1",
            string.Join(", ", erasure.Deleted.Select(table => $"{table.Key} {table.Value}")));
        Assert.Equal((false, false, Store.Inner.Now + TestStore.Terms.RetrainWithin), (erasure.IsDone, erasure.IsLearned, erasure.RetrainDueAt));
        Assert.Equal(1, await CountAsync("SELECT count(*) FROM interactions"));
        Assert.Equal(1, await CountAsync($"SELECT count(*) FROM tombstones WHERE user_key = {erasure.UserKey}"));
        Assert.Null(await Store.Erasures.EraseAsync("ann", TestStore.Terms, Ct));
        Assert.Null(await Store.Erasures.GetAsync(Guid.NewGuid(), [], Ct));
    }

    /// <summary>The files are searched before, too, so that the search is known to find what is there.</summary>
    [Fact]
    public async Task Erase_OnceDone_NoByteOfTheIdIsLeft()
    {
        await Store.Catalogue.PutUserAsync(Needle, $$"""{"name":"{{Needle}}"}""", Ct);
        var list = await ShowAsync(Needle);
        await Store.AppendAsync(
            Store.Interaction(Needle, "a", "click", id: $"{Needle}-1") with { RecommendationId = list, SessionId = $"s-{Needle}", OrderId = $"o-{Needle}" },
            Store.Interaction(Needle, "b", id: $"{Needle}-2"), Store.Rating(Needle, "a", 4), Store.Interaction("bob", "a"));
        await Store.Corrections.DeleteAsync($"{Needle}-2", Ct);
        await FollowAsync();
        await Store.Health.SaveFactsAsync(Store.Inner.Now, $$$"""{"programs":{"examples":["{{{Needle}}}"]}}""", Ct);
        await Store.Imports.AppendAsync("ann", "users", Store.Inner.Now, "refused", $$$"""{"report":{"lines":3,"errors":[{"line":2,"reason":"'{{{Needle}}}' has a fault"}]}}""", Ct);
        await Store.Imports.AppendAsync("ann", "users", Store.Inner.Now, "refused", """{"report":{"lines":3,"errors":[{"line":2,"reason":"bad"}]}}""", Ct);
        Assert.NotEmpty(await StoredBytes.FindAsync(Provider, Store.Settings.ConnectionString, Needle));

        var erasure = await EraseAsync(Needle);
        Assert.NotEmpty(await StoredBytes.FindAsync(Provider, Store.Settings.ConnectionString, Needle));
        await ShowAsync(Needle);
        await SettleAsync();

        var receipt = await ReceiptAsync(erasure);
        Assert.Equal((true, (DateTimeOffset?)Store.Inner.Now, 2L), (receipt.IsDone, receipt.SettledAt, receipt.Deleted["impressions"]));
        Assert.Equal((1, 1), (receipt.Deleted["data_health"], receipt.Deleted["import_log (errors)"]));
        Assert.Empty(await StoredBytes.FindAsync(Provider, Store.Settings.ConnectionString, Needle));
        Assert.Equal(["""{"report":{"lines":3,"errors":[{"line":2,"reason":"bad"}]}}""", """{"report":{"lines":3,"errors":[]}}"""], (await Store.Imports.ListAsync(null, 9, Ct)).Items.Select(import => import.ReportJson));
    }

    [Fact]
    public async Task Advance_WhoCameBackUnderTheId_KeepsWhatIsTheirs()
    {
        await Store.AppendAsync(Store.Interaction("ann", "a"));
        var erasure = await EraseAsync("ann");
        await ShowAsync("ann", TimeSpan.FromSeconds(-1));
        var own = await ShowAsync("ann", TimeSpan.FromSeconds(1));
        await Store.AppendAsync(Store.Interaction("ann", "b"));

        await Store.Erasures.AdvanceAsync([], 10, Ct);
        Assert.Null((await ReceiptAsync(erasure)).SettledAt);
        Assert.Equal(2, await CountAsync("SELECT count(*) FROM impressions"));
        await SettleAsync();

        Assert.Equal(1, (await ReceiptAsync(erasure)).Deleted["impressions"]);
        Assert.NotNull(await Store.Impressions.GetAsync(own, Ct));
        Assert.Equal(["b"], (await Store.ListAsync("ann")).Select(interaction => interaction.ItemId));
    }

    [Fact]
    public async Task Erase_AVisitorWhoWasMerged_LeavesTheUserUnderTheirOwnName()
    {
        await ShowAsync("visitor");
        await Store.AppendAsync(Store.Interaction("visitor", "a"));
        await Store.Merges.MergeAsync("visitor", "ann", (own, _) => own, Ct);
        Assert.Equal("visitor", (await Store.Catalogue.GetUserAsync("ann", Ct))!.AssignmentId);
        await ShowAsync("visitor");

        var erasure = await EraseAsync("visitor");
        Store.Clock.Advance(TestStore.Terms.SettleAfter);
        await Store.Erasures.AdvanceAsync([], 10, Ct);

        Assert.Null(erasure.UserKey);
        Assert.Null((await Store.Catalogue.GetUserAsync("ann", Ct))!.AssignmentId);
        Assert.Equal(1, (await ReceiptAsync(erasure)).Deleted["users (assignment)"]);
        Assert.Single(await Store.ListAsync("ann"));
    }

    [Fact]
    public async Task Receipt_OfModels_NamesThoseThatSawTheUserAndWhenTheLastWasRetired()
    {
        var before = await SaveModelAsync();
        await PublishAsync(before);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await Store.AppendAsync(Store.Interaction("ann", "a"));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        var (learned, unserved) = (await SaveModelAsync(), await SaveModelAsync());
        await PublishAsync(learned);
        var inFlight = (await Store.Interactions.LoadDatasetAsync(Ct)).Watermark;

        var erasure = await EraseAsync("ann");
        var late = await SaveModelAsync(inFlight);
        var clean = await SaveModelAsync((await Store.Interactions.LoadDatasetAsync(Ct)).Watermark);
        await SettleAsync();

        var open = await ReceiptAsync(erasure);
        Assert.Equal([learned, unserved, late], open.Models.Select(model => model.Version));
        Assert.Equal([true, false, false], open.Models.Select(model => model.IsServed));
        Assert.Equal((false, null), (open.IsDone, open.LastRetiredAt));
        Assert.DoesNotContain(before, open.Models.Select(model => model.Version));

        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await PublishAsync(clean);
        var retired = Store.Inner.Now;
        Assert.False((await ReceiptAsync(erasure, tried: unserved)).IsDone);
        var done = await ReceiptAsync(erasure);
        Assert.Equal((true, (DateTimeOffset?)retired), (done.IsDone, done.LastRetiredAt));
        Assert.Equal([retired, null, null], done.Models.Select(model => model.RetiredAt));

        // A roll back shows.
        await PublishAsync(learned);
        Assert.False((await ReceiptAsync(erasure)).IsDone);
    }

    [Fact]
    public async Task Receipt_WhileARunFromBeforeIsUnderWay_IsNotDone()
    {
        var run = (await Store.Runs.TryStartAsync("holder", "manual", false, TimeSpan.FromHours(9), Ct))!;
        await Store.AppendAsync(Store.Interaction("ann", "a"));
        var erasure = await EraseAsync("ann");
        await SettleAsync();
        Assert.Equal((true, false), ((await ReceiptAsync(erasure)).IsBeingLearned, (await ReceiptAsync(erasure)).IsDone));

        await Store.Runs.FinishAsync(run with { Outcome = RunOutcome.Failed, Reason = "why" }, "holder", Ct);

        Assert.True((await ReceiptAsync(erasure)).IsDone);
    }

    [Fact]
    public async Task Advance_PastTheTime_NamesTheErasuresWhoseModelsStillServe()
    {
        await Store.AppendAsync(Store.Interaction("ann", "a"), Store.Interaction("bob", "a"));
        var learned = await SaveModelAsync();
        await PublishAsync(learned);
        var erasure = await EraseAsync("ann");
        await SettleAsync();
        Assert.Empty(await Store.Erasures.AdvanceAsync([], 10, Ct));

        Store.Clock.Advance(TestStore.Terms.RetrainWithin);
        Assert.Equal(erasure.Id, Assert.Single(await Store.Erasures.AdvanceAsync([], 10, Ct)).Id);
        await Store.Erasures.NoteRetrainAsync([erasure.Id], Ct);
        Assert.Equal(Store.Inner.Now, (await ReceiptAsync(erasure)).RetrainAskedAt);

        await PublishAsync(await SaveModelAsync((await Store.Interactions.LoadDatasetAsync(Ct)).Watermark));
        Assert.Empty(await Store.Erasures.AdvanceAsync([], 10, Ct));
        // What is closed is looked after no more; its models may be deleted and are named all the same.
        Assert.Empty(await Store.Erasures.AdvanceAsync([], 10, Ct));
        await Store.Inner.WriteAsync(context => context.ExecuteAsync($"DELETE FROM models WHERE version = {learned}", Ct), Ct);
        Assert.Equal(new LearnedModel(learned, false, false, Store.Inner.Now), Assert.Single((await ReceiptAsync(erasure)).Models));
    }

    [Fact]
    public async Task Advance_OnTwoReplicasAtOnce_SweepsOnce()
    {
        await Store.AppendAsync(Store.Interaction("ann", "a"));
        var erasure = await EraseAsync("ann");
        await ShowAsync("ann", TimeSpan.FromSeconds(-1));
        Store.Clock.Advance(TestStore.Terms.SettleAfter);
        await using var replica = Store.Replica();

        await Task.WhenAll(Task.Run(() => Store.Erasures.AdvanceAsync([], 10, Ct), Ct), Task.Run(() => replica.Erasures.AdvanceAsync([], 10, Ct), Ct));

        Assert.Equal(1, (await ReceiptAsync(erasure)).Deleted["impressions"]);
    }
}

public sealed class SqliteErasureTests() : ErasureContract(StorageProvider.Sqlite);

public sealed class PostgresErasureTests() : ErasureContract(StorageProvider.Postgres);
