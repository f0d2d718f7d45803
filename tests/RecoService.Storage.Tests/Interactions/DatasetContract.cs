using RecoService.Engine.Data;

namespace RecoService.Storage.Tests.Interactions;

public abstract class DatasetContract(StorageProvider provider) : StorageContract(provider)
{
    [Fact]
    public async Task LoadDataset_RatingsAndConfiguredKinds_WithoutDeletedItemsAndErasedUsers()
    {
        await Store.AppendAsync(
            Store.Interaction("u", "i", "view", at: 3), Store.Interaction("u", "i", "click", at: 1), Store.Rating("u", "j", 4.5, at: 2),
            Store.Rating("u", "gone", 3), Store.Interaction("u", "gone"), Store.Interaction("erased", "i"), Store.Rating("erased", "j", 1), Store.Interaction("v", "i", "dislike", at: 0));
        await Store.Catalogue.DeleteItemAsync("gone", Ct);
        await Store.EraseUserAsync("erased", Ct);
        await using var narrower = Store.Replica(new InteractionKinds([new("click", 1, false), new("rating", 1, true), new("view", 1, false)]));

        var all = await Store.Interactions.LoadDatasetAsync(Ct);
        var some = await narrower.Interactions.LoadDatasetAsync(Ct);

        Assert.Equal((2, 2, 4), (all.Users.Count, all.Items.Count, all.Count));
        Assert.Equal((1, 2, 3), (some.Users.Count, some.Items.Count, some.Count));
        var item = (await Store.Catalogue.GetItemAsync("j", Ct))!.Key;
        Assert.True(all.Items.TryGetIndex(item, out var index));
        Assert.Equal([4.5f], all.Ratings.Transpose().RowValues(index).ToArray());
        Assert.NotEqual("", all.Watermark);
    }

    [Fact]
    public async Task LoadDataset_EmptyStore_IsEmpty()
    {
        Assert.Equal(0, (await Store.Interactions.LoadDatasetAsync(Ct)).Count);
    }

    [Fact]
    public async Task LoadDataset_ThousandsOfRows_GivesEachWithItsTimeAndValue()
    {
        var rows = Enumerable.Range(0, 9000).Select(n => n % 2 == 0
            ? Store.Rating($"u{n % 83}", $"i{n}", 1 + n % 5, at: n)
            : Store.Interaction($"u{n % 83}", $"i{n}", "purchase", at: n)).ToList();
        foreach (var batch in rows.Chunk(1000))
            await Store.AppendAsync(batch);

        var dataset = await Store.Interactions.LoadDatasetAsync(Ct);

        Assert.Equal((83, 9000, 9000), (dataset.Users.Count, dataset.Items.Count, dataset.Count));
        Assert.Equal(4500, dataset.Ratings.NonZeroCount);
        Assert.Equal(rows.Sum(row => row.Value ?? 0), Enumerable.Range(0, 83).Sum(user => dataset.Ratings.RowValues(user).ToArray().Sum()), 3);
    }
}

public sealed class SqliteDatasetTests() : DatasetContract(StorageProvider.Sqlite);

public sealed class PostgresDatasetTests() : DatasetContract(StorageProvider.Postgres);
