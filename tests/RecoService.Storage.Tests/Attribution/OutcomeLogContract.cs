using RecoService.Storage.Attribution;

namespace RecoService.Storage.Tests.Attribution;

/// <summary>What became of each list, for those who learn from it.</summary>
public abstract class OutcomeLogContract(StorageProvider provider) : StorageContract(provider)
{
    /// <summary>Before the clock of the store, which takes nothing of the future.</summary>
    private static readonly DateTimeOffset Monday = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ReadNewest_NothingShown_IsEmpty() => Assert.Empty(await Store.Outcomes.ReadNewestAsync(Monday, 100, Ct));

    [Fact]
    public async Task ReadNewest_ListsAndWhatCameOfThem_AreMarkedAtTheirPositions()
    {
        var morning = await ShowAsync("ann", Monday.AddHours(9), ["a", "b", "c"], """{"device":"phone"}""");
        await ShowAsync("ann", Monday.AddHours(12), ["b", "d"]);
        await ShowAsync(Impression.NoUser, Monday.AddHours(13), ["a"]);
        await ShowAsync("bob", Monday.AddHours(14), ["a", "b"]);
        await ShowAsync("ann", Monday.AddHours(20), ["e"]);
        await ActAsync("ann", "c", "click", Monday.AddHours(10));
        // Named, though the later list holds the item too.
        await ActAsync("ann", "b", "click", Monday.AddHours(15), morning);
        await ActAsync("ann", "b", "like", Monday.AddHours(15));
        await ActAsync("ann", "d", "click", Monday.AddHours(15));
        await ActAsync("ann", "d", "purchase", Monday.AddHours(16));
        // Given back, so it was not bought for good.
        await ActAsync("bob", "a", "click", Monday.AddHours(15));
        await ActAsync("bob", "a", "purchase", Monday.AddHours(16));
        await ActAsync("bob", "a", "return", Monday.AddHours(17));
        await FollowAsync();

        var lists = await Store.Outcomes.ReadNewestAsync(Monday.AddHours(20), 100, Ct);

        Assert.Equal(["bob: +a b", "ann: b +d$", "ann: a +b +c"], lists.Select(TextOf));
        Assert.Equal(Monday.AddHours(14).ToUnixTimeMilliseconds(), lists[0].ShownAt);
        Assert.Equal("""{"device":"phone"}""", lists[2].ContextJson?.Replace(" ", "", StringComparison.Ordinal));
        Assert.Null(lists[0].ContextJson);
        Assert.Equal(["ann: e", "bob: +a b"], (await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), 4, Ct)).Select(TextOf));
    }

    [Fact]
    public async Task ReadNewest_NotCountedYetOrOfAProgram_IsLeftOut()
    {
        await ShowAsync("ann", Monday.AddHours(9), ["a"]);
        await ShowAsync("robot", Monday.AddHours(9), ["a", "b"]);
        for (var deed = 0; deed < 6; deed++)
            await ActAsync("robot", $"{(char)('a' + (deed % 2))}", "click", Monday.AddHours(10).AddMinutes(deed));
        Assert.Empty(await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), 100, Ct));

        await FollowAsync();

        Assert.Equal(["ann: a"], (await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), 100, Ct)).Select(TextOf));
    }

    [Theory]
    [InlineData(2_500, 2_500)]
    [InlineData(3_999, 3_998)]
    [InlineData(1, 0)]
    public async Task ReadNewest_ManyLists_AreThoseThatFit(int most, int items)
    {
        await Store.Impressions.AppendAsync([.. Enumerable.Range(0, 2_600).Select(number => New("ann", Monday.AddSeconds(number), [$"i{number}", "x"]))], Ct);
        await FollowAsync();

        var lists = await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), most, Ct);

        Assert.Equal(items / 2, lists.Count);
        Assert.Equal(Enumerable.Range(0, lists.Count).Select(number => $"i{2_599 - number}"), lists.Select(list => list.ItemIds[0]));
    }

    [Fact]
    public async Task ReadNewest_ErasedUser_IsGone()
    {
        await ShowAsync("ann", Monday.AddHours(9), ["a"]);
        await ActAsync("ann", "a", "click", Monday.AddHours(10));
        await FollowAsync();
        Assert.Single(await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), 100, Ct));

        await Store.EraseUserAsync("ann", Ct);

        Assert.Empty(await Store.Outcomes.ReadNewestAsync(Monday.AddDays(1), 100, Ct));
    }

    private static string TextOf(ShownOutcome list) =>
        $"{list.UserId}: {string.Join(' ', list.ItemIds.Select((itemId, at) => $"{(list.Clicked[at] ? "+" : "")}{itemId}{(list.Bought[at] ? "$" : "")}"))}";

    private Task FollowAsync()
    {
        var roles = new AttributionRole[Store.Kinds.Count];
        foreach (var (kind, role) in new[] { ("click", AttributionRole.Click), ("purchase", AttributionRole.Order), ("like", AttributionRole.Like) })
            roles[Store.Kind(kind)] = role;
        return Store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), roles, 5), null, Ct);
    }

    private static Impression New(string user, DateTimeOffset at, string[] items, string? context = null) =>
        new(Guid.CreateVersion7(at), user, "home", null, 3, "c", at, items) { ContextJson = context };

    private async Task<Guid> ShowAsync(string user, DateTimeOffset at, string[] items, string? context = null)
    {
        var list = New(user, at, items, context);
        await Store.Impressions.AppendAsync([list], Ct);
        return list.RecommendationId;
    }

    private Task ActAsync(string user, string item, string kind, DateTimeOffset at, Guid? list = null) =>
        Store.AppendAsync(new NewInteraction { UserId = user, ItemId = item, KindIndex = Store.Kind(kind), OccurredAt = at, RecommendationId = list });
}

public sealed class SqliteOutcomeLogTests() : OutcomeLogContract(StorageProvider.Sqlite);

public sealed class PostgresOutcomeLogTests() : OutcomeLogContract(StorageProvider.Postgres);
