using RecoService.Engine.Data;
using RecoService.Storage.Attribution;

namespace RecoService.Storage.Tests.Attribution;

/// <summary>What users were shown, as a part of the dataset that models learn from.</summary>
public abstract class ExposureContract(StorageProvider provider) : StorageContract(provider)
{
    /// <summary>Before the clock of the store, which takes nothing of the future.</summary>
    private static readonly DateTimeOffset Monday = new(2025, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ExposureWindow Week = new(Monday, Monday.AddDays(7), 1_000);

    [Fact]
    public async Task Load_WithoutAWindow_HasNothingShown()
    {
        await ShowAsync("ann", Monday, ["a"]);
        await ActAsync("ann", "a", "click", Monday.AddHours(1));
        await FollowAsync();

        Assert.Equal(0, (await Store.Interactions.LoadDatasetAsync(Ct)).Exposures.Count);
        Assert.Equal(0, (await LoadAsync(Week with { MostItems = 0 })).Exposures.Count);
    }

    [Fact]
    public async Task Load_ListsAndWhatWasTouched_StandAtTheirPlaces()
    {
        await ShowAsync("ann", Monday.AddHours(9), ["a", "b", "c"], [1, 0.25f, 1]);
        await ShowAsync("ann", Monday.AddHours(12), ["b", "unknown"]);
        await ShowAsync("bob", Monday.AddHours(10), ["c", "a"]);
        await ShowAsync(Impression.NoUser, Monday.AddHours(10), ["a"]);
        await ShowAsync("nobody", Monday.AddHours(10), ["a"]);
        await ActAsync("ann", "c", "click", Monday.AddHours(10));
        await ActAsync("ann", "c", "purchase", Monday.AddHours(11));
        await ActAsync("ann", "b", "purchase", Monday.AddHours(13));
        await ActAsync("ann", "a", "like", Monday.AddHours(13));
        await ActAsync("bob", "a", "click", Monday.AddHours(11));
        await FollowAsync();

        var dataset = await LoadAsync(Week);

        Assert.Equal(["09: a b/0.25 c+10", "12: b+13 -"], TextsOf(dataset, await KeyAsync("users", "ann")));
        Assert.Equal(["10: c a+11"], TextsOf(dataset, await KeyAsync("users", "bob")));
        Assert.Equal(7, dataset.Exposures.Count);
    }

    [Fact]
    public async Task Load_OutsideTheWindowOrNotCounted_IsLeftOut()
    {
        await ActAsync("ann", "a", "like", Monday);
        await ShowAsync("ann", Monday.AddMilliseconds(-1), ["a"]);
        await ShowAsync("ann", Monday, ["a"]);
        await ShowAsync("ann", Monday.AddHours(3), ["a"]);
        await FollowAsync();
        await ShowAsync("ann", Monday.AddHours(1), ["a"]);

        var dataset = await LoadAsync(new ExposureWindow(Monday, Monday.AddHours(3), 100));

        Assert.Equal(["00: a"], TextsOf(dataset, await KeyAsync("users", "ann")));
    }

    [Theory]
    [InlineData(2_500, 2_500)]
    [InlineData(3_999, 3_998)]
    [InlineData(1, 0)]
    public async Task Load_MoreThanTheBound_HasTheNewestWholeLists(int most, int items)
    {
        await ActAsync("ann", "x", "like", Monday);
        await Store.Impressions.AppendAsync([.. Enumerable.Range(0, 2_600).Select(number => New("ann", Monday.AddSeconds(number), [$"i{number}", "x"]))], Ct);
        await FollowAsync();

        var exposures = (await LoadAsync(Week with { MostItems = most })).Exposures;

        Assert.Equal(items, exposures.Count);
        Assert.Equal(items / 2, exposures.ListCount);
        if (items > 0)
            Assert.Equal(Monday.AddSeconds(2_600 - (items / 2)).ToUnixTimeMilliseconds(), exposures.ShownAt(0));
    }

    [Fact]
    public async Task Load_OfAProgram_CountsOnlyWhereItsInteractionsDo()
    {
        await ShowAsync("robot", Monday.AddHours(9), ["a", "b"]);
        for (var deed = 0; deed < 6; deed++)
            await ActAsync("robot", "a", "click", Monday.AddHours(10).AddMinutes(deed));
        await ActAsync("ann", "a", "like", Monday);
        await FollowAsync();

        Assert.Equal(0, (await LoadAsync(Week)).Exposures.Count);
        Assert.Equal(["09: a+10 -"], TextsOf(await Store.Interactions.LoadDatasetAsync(Ct, withExcludedUsers: true, shown: Week), await KeyAsync("users", "robot")));
    }

    [Fact]
    public async Task Load_DeletedItemAndErasedUser_AreGone()
    {
        await ShowAsync("ann", Monday.AddHours(9), ["a", "b"]);
        await ShowAsync("bob", Monday.AddHours(9), ["a", "b"]);
        foreach (var user in new[] { "ann", "bob" })
        {
            await ActAsync(user, "a", "click", Monday.AddHours(10));
            await ActAsync(user, "b", "like", Monday.AddHours(10));
        }

        await FollowAsync();
        await Store.Catalogue.DeleteItemAsync("a", Ct);
        await Store.EraseUserAsync("bob", Ct);

        var dataset = await LoadAsync(Week);

        Assert.Equal(["09: -+10 b"], TextsOf(dataset, await KeyAsync("users", "ann")));
        Assert.Equal(2, dataset.Exposures.Count);
    }

    private Task<InteractionDataset> LoadAsync(ExposureWindow window) => Store.Interactions.LoadDatasetAsync(Ct, shown: window);

    /// <summary>The hour of each list, its items with the hour of a touch and the propensity of a draw.</summary>
    private List<string> TextsOf(InteractionDataset dataset, int userKey)
    {
        Assert.True(dataset.Users.TryGetIndex(userKey, out var user));
        var exposures = dataset.Exposures;
        var (first, end) = (exposures.ListsOf(user).Start.Value, exposures.ListsOf(user).End.Value);
        return
        [
            .. Enumerable.Range(first, end - first).Select(list => $"{HourOf(exposures.ShownAt(list))}: {string.Join(' ', exposures.ItemsOf(list).ToArray().Select((item, place) =>
                $"{(item < 0 ? "-" : names[dataset.Items[item]])}{(exposures.IsTouched(list, place) ? $"+{HourOf(exposures.TouchedAt(list, place))}" : "")}{(exposures.PropensityAt(list, place) is < 1 and var drawn ? FormattableString.Invariant($"/{drawn}") : "")}"))}"),
        ];

        static string HourOf(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("HH", System.Globalization.CultureInfo.InvariantCulture);
    }

    private readonly Dictionary<int, string> names = [];

    private async Task<int> KeyAsync(string table, string id)
    {
        foreach (var item in new[] { "a", "b", "c", "x" })
        {
            if (await Store.Inner.ReadSnapshotAsync(context => context.CountAsync($"SELECT COALESCE(MAX(key), -1) FROM items WHERE id = '{item}'", Ct), Ct) is >= 0 and var key)
                names[(int)key] = item;
        }

        return (int)await Store.Inner.ReadSnapshotAsync(context => context.CountAsync($"SELECT key FROM {table} WHERE id = '{id}'", Ct), Ct);
    }

    private Task FollowAsync()
    {
        var roles = new AttributionRole[Store.Kinds.Count];
        foreach (var (kind, role) in new[] { ("click", AttributionRole.Click), ("purchase", AttributionRole.Order), ("like", AttributionRole.Like) })
            roles[Store.Kind(kind)] = role;
        return Store.Figures.FollowAsync(new AttributionRules(TimeSpan.FromDays(7), roles, 5), null, Ct);
    }

    private static Impression New(string user, DateTimeOffset at, string[] items, float[]? propensities = null) =>
        new(Guid.CreateVersion7(at), user, "home", null, 3, "c", at, items) { Propensities = propensities ?? [] };

    private Task ShowAsync(string user, DateTimeOffset at, string[] items, float[]? propensities = null) => Store.Impressions.AppendAsync([New(user, at, items, propensities)], Ct);

    private Task ActAsync(string user, string item, string kind, DateTimeOffset at) =>
        Store.AppendAsync(new NewInteraction { UserId = user, ItemId = item, KindIndex = Store.Kind(kind), OccurredAt = at });
}

public sealed class SqliteExposureTests() : ExposureContract(StorageProvider.Sqlite);

public sealed class PostgresExposureTests() : ExposureContract(StorageProvider.Postgres);
