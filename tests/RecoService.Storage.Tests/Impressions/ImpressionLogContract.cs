namespace RecoService.Storage.Tests.Impressions;

public abstract class ImpressionLogContract(StorageProvider provider) : StorageContract(provider)
{
    private Impression Shown(int number, DateTimeOffset? at = null, Guid? id = null) => new(
        id ?? Guid.CreateVersion7(at ?? Store.Clock.GetUtcNow()), $"u{number}", "home", number % 2 == 0 ? "b" : null, number % 3 == 0 ? null : number, "c1",
        at ?? Store.Clock.GetUtcNow(), ["i\"1", "\u00fc \ud83d\ude00", "i,3", "a/b<&>", $"item-{number}"])
    {
        ContextJson = number % 2 == 0 ? null : $$"""{"device":"\"ph\u00f6ne\"","hour":{{number}}}""",
        Propensities = number % 4 == 0 ? [] : [1, 0.25f, 1e-12f, MathF.BitDecrement(1), 1f / number],
        ShadowItemIds = number % 3 == 0 ? ["i\"1", "x"] : [],
        FallbackItems = number % 6,
        MadeIn = number % 7 == 0 ? null : TimeSpan.FromMicroseconds(number * 1_001),
        ItemVariants = number % 5 == 0 ? ["a", "b", "b", "a", "\u00fc"] : [],
    };

    private Impression[] Batch(int count) => [.. Enumerable.Range(0, count).Select(number => Shown(number))];

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(3000)]
    public async Task Append_Batch_StoresEveryImpressionAsShown(int count)
    {
        var impressions = Batch(count);

        await Store.Impressions.AppendAsync(impressions, Ct);

        foreach (var impression in impressions.Where((_, position) => position % 97 == 0).Append(impressions[^1]))
            await AssertStoredAsync(impression);
        Assert.Null(await Store.Impressions.GetAsync(Guid.Empty, Ct));
    }

    /// <summary>A placement that does not explore stores no more than before.</summary>
    [Fact]
    public async Task Append_WithoutPropensities_StoresNull()
    {
        await Store.Impressions.AppendAsync([Shown(4), Shown(5)], Ct);
        // By the other way in, which the retry of a batch takes.
        await Store.Impressions.AppendAsync([Shown(8), Shown(9), Shown(5)], Ct);

        Assert.Equal(2, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM impressions WHERE propensities_json IS NULL", Ct), Ct));
        Assert.Equal(4, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM impressions WHERE shadow_item_ids_json IS NULL", Ct), Ct));
        Assert.Equal(3, await Store.Inner.ReadSnapshotAsync(context => context.CountAsync("SELECT count(*) FROM impressions WHERE item_variants_json IS NULL", Ct), Ct));
    }

    /// <summary>A clock may be set back, and a process may sleep for a day.</summary>
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(86_400, 2_147.483647)]
    [InlineData(0.0000015, 0.000001)]
    public async Task Append_ATimeThatDoesNotFit_IsTheNearestOneThatDoes(double seconds, double kept)
    {
        var impression = Shown(1) with { MadeIn = TimeSpan.FromSeconds(seconds) };
        await Store.Impressions.AppendAsync([impression], Ct);

        await AssertStoredAsync(impression with { MadeIn = TimeSpan.FromSeconds(kept) });
    }

    [Fact]
    public async Task Append_Nothing_IsHarmless() => await Store.Impressions.AppendAsync([], Ct);

    [Fact]
    public async Task Append_SomeStoredBefore_AddsTheRestAndLeavesThem()
    {
        var impressions = Batch(50);
        await Store.Impressions.AppendAsync(impressions[..30], Ct);

        await Store.Impressions.AppendAsync([.. impressions.Select(impression => impression with { Placement = "other" })], Ct);

        await AssertStoredAsync(impressions[29]);
        await AssertStoredAsync(impressions[30] with { Placement = "other" });
    }

    [Fact]
    public async Task Append_OneIdTwiceInABatch_KeepsOne()
    {
        var impression = Shown(1);

        await Store.Impressions.AppendAsync([impression, Shown(2), impression], Ct);

        await AssertStoredAsync(impression);
    }

    [Fact]
    public async Task Append_BatchesAtOnce_StoresAll()
    {
        var batches = Enumerable.Range(0, 8).Select(_ => Batch(200)).ToArray();

        await Task.WhenAll(batches.Select(batch => Store.Impressions.AppendAsync(batch, Ct)));

        foreach (var batch in batches)
            await AssertStoredAsync(batch[^1]);
    }

    [Fact]
    public async Task Append_TextThatCannotBeStored_StoresNothingAndTheNextBatchWorks()
    {
        var impressions = Batch(3);
        impressions[2] = impressions[2] with { UserId = null! };

        await Assert.ThrowsAnyAsync<Exception>(() => Store.Impressions.AppendAsync(impressions, Ct));

        Assert.Null(await Store.Impressions.GetAsync(impressions[0].RecommendationId, Ct));
        await Store.Impressions.AppendAsync(impressions[..2], Ct);
        await AssertStoredAsync(impressions[0]);
    }

    [Fact]
    public async Task DeleteBefore_DeletesTheOldestAtMostAsManyAsAsked()
    {
        var now = Store.Clock.GetUtcNow();
        Impression[] impressions = [.. Enumerable.Range(0, 10).Select(day => Shown(day, now.AddDays(-day)))];
        await Store.Impressions.AppendAsync(impressions, Ct);

        Assert.Equal(3, await Store.Impressions.DeleteBeforeAsync(now.AddDays(-5), limit: 3, Ct));
        Assert.Equal([true, true, true, true, true, true, true, false, false, false], await AreStoredAsync(impressions));
        Assert.Equal(1, await Store.Impressions.DeleteBeforeAsync(now.AddDays(-5), limit: 3, Ct));
        Assert.Equal([true, true, true, true, true, true, false, false, false, false], await AreStoredAsync(impressions));
        Assert.Equal(0, await Store.Impressions.DeleteBeforeAsync(now.AddDays(-5), limit: 3, Ct));
    }

    [Fact]
    public async Task DeleteBefore_IdThatDoesNotTellTheTime_NeverTakesANewerOne()
    {
        var impression = Shown(1, id: new Guid(1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        await Store.Impressions.AppendAsync([impression], Ct);

        Assert.Equal(0, await Store.Impressions.DeleteBeforeAsync(impression.OccurredAt, 10, Ct));
        await AssertStoredAsync(impression);
    }

    private async Task AssertStoredAsync(Impression impression)
    {
        var stored = await Store.Impressions.GetAsync(impression.RecommendationId, Ct);
        Assert.NotNull(stored);
        Assert.Equal(impression.ItemIds, stored.ItemIds);
        Assert.Equal(impression.Propensities, stored.Propensities);
        Assert.Equal(impression.ItemVariants, stored.ItemVariants);
        Assert.Equal(impression.ShadowItemIds, stored.ShadowItemIds);
        Assert.Equal(impression with { ItemIds = [], Propensities = [], ItemVariants = [], ShadowItemIds = [] }, stored with { ItemIds = [], Propensities = [], ItemVariants = [], ShadowItemIds = [] });
    }

    private async Task<List<bool>> AreStoredAsync(IEnumerable<Impression> impressions)
    {
        var stored = new List<bool>();
        foreach (var impression in impressions)
            stored.Add(await Store.Impressions.GetAsync(impression.RecommendationId, Ct) is not null);
        return stored;
    }
}

public sealed class SqliteImpressionLogTests() : ImpressionLogContract(StorageProvider.Sqlite);

public sealed class PostgresImpressionLogTests() : ImpressionLogContract(StorageProvider.Postgres);
