namespace RecoService.Storage.Tests.Interactions;

public abstract class InteractionSearchContract(StorageProvider provider) : StorageContract(provider)
{
    private async Task<List<string>> FindAsync(InteractionFilter filter, int limit = 100, Func<StoredInteraction, bool>? keep = null)
    {
        List<string> found = [];
        string? cursor = null;
        do
        {
            var page = await Store.Search.ListAsync(filter, keep, cursor, limit, Ct);
            Assert.True(page.Items.Count <= limit);
            found.AddRange(page.Items.Select(row => $"{row.UserId} {row.ItemId} {row.Kind}"));
            cursor = page.Next;
        }
        while (cursor is not null);
        return found;
    }

    private Task FillAsync() => Store.AppendAsync(
        Store.Interaction("u", "i", "view", "1"), Store.Rating("v", "i", 4), Store.Interaction("u", "j", "like", "2"), Store.Rating("u", "j", 3), Store.Interaction("v", "i", "view", "3"), Store.Interaction("v", "k", "view", "4"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public async Task List_Pages_HoldEverythingOnceInTheOrderOfArrivalAndRatingsLast(int limit)
    {
        await FillAsync();

        var found = await FindAsync(new InteractionFilter(), limit);

        Assert.Equal(["u i view", "u j like", "v i view", "v k view"], found.Take(4));
        Assert.Equal(["u j rating", "v i rating"], found.Skip(4).Order());
    }

    [Fact]
    public async Task List_Filters_HoldTogether()
    {
        await FillAsync();

        Assert.Equal(["v i view", "v k view", "v i rating"], await FindAsync(new InteractionFilter(UserId: "v")));
        Assert.Equal(["u i view", "v i view", "v i rating"], await FindAsync(new InteractionFilter(ItemId: "i")));
        Assert.Equal(["v i view"], await FindAsync(new InteractionFilter("v", "i", ["view", "like"])));
        Assert.Equal(["u j like", "u j rating"], (await FindAsync(new InteractionFilter(Kinds: ["like", "rating"]))).Where(row => row.StartsWith('u')));
        Assert.Equal(["v k view"], await FindAsync(new InteractionFilter(), 1, row => row.ItemId == "k"));
        Assert.Empty(await FindAsync(new InteractionFilter(UserId: "nobody")));
        Assert.Empty(await FindAsync(new InteractionFilter(ItemId: "nothing")));
    }

    [Fact]
    public async Task List_TakenBackAndDeletedItems_AreLeftOut()
    {
        await FillAsync();
        await Store.Corrections.DeleteAsync("1", Ct);
        await Store.Corrections.DeleteRatingAsync("v", "i", Ct);
        await Store.Catalogue.PutItemAsync("j", new ItemRecord(), Ct);
        await Store.Catalogue.DeleteItemAsync("j", Ct);

        Assert.Equal(["v i view", "v k view"], await FindAsync(new InteractionFilter()));
    }

    /// <summary>More than is read at once is left out before one is found.</summary>
    [Fact]
    public async Task List_FewOfMany_AreFound()
    {
        foreach (var some in Enumerable.Range(0, 2_500).Chunk(500))
            await Store.AppendAsync([.. some.Select(number => Store.Interaction("u", $"i{number}", "view", $"n{number}"))]);

        Assert.Equal(["u i1 view", "u i2400 view", "u i2499 view"], await FindAsync(new InteractionFilter(), 2, row => row.ItemId is "i1" or "i2400" or "i2499"));
    }

    [Fact]
    public async Task List_AForeignCursor_IsRefused() =>
        await Assert.ThrowsAsync<InvalidCursorException>(() => Store.Search.ListAsync(new InteractionFilter(), null, "nonsense", 10, Ct));

    [Fact]
    public async Task Attributes_AreKeptWithInteractionsAndRatingsAndGoWhenTakenBack()
    {
        await Store.AppendAsync(Store.Interaction("u", "i", "view", "1") with { AttributesJson = """{"a":1}""" }, Store.Rating("u", "j", 4) with { AttributesJson = """{"b":"é"}""" }, Store.Interaction("u", "k", "view", "2"));

        Assert.Equal([null, """{"a":1}""", """{"b":"é"}"""], (await Store.ListAsync("u")).Select(row => row.AttributesJson).Order());
        Assert.Equal(["""{"a":1}""", null, """{"b":"é"}"""], (await Store.Search.ListAsync(new InteractionFilter("u"), null, null, 10, Ct)).Items.Select(row => row.AttributesJson));
        await Store.Corrections.DeleteAsync("1", Ct);
        await Store.Corrections.UpsertAsync([Store.Interaction("u", "i", "view", "1")], addValues: true, Ct);
        Assert.All(await Store.ListAsync("u"), row => Assert.True(row.ItemId == "j" || row.AttributesJson is null));
    }
}

public sealed class SqliteInteractionSearchTests() : InteractionSearchContract(StorageProvider.Sqlite);

public sealed class PostgresInteractionSearchTests() : InteractionSearchContract(StorageProvider.Postgres);
