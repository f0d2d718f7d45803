using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage.Tests.Serving;

/// <summary>The columns of the catalogue: what a load reads, what an own write brings, and what the feed brings are the same.</summary>
public abstract class CatalogueColumnsContract(StorageProvider provider) : StorageContract(provider)
{
    private static readonly ItemRecord Full = new()
    {
        Title = "Oak chair",
        Categories = ["Home > Chairs", "ü, \"x\""],
        Price = 1234.5678m,
        SalePrice = 999.5m,
        Currency = "EUR",
        AddedAt = new DateTimeOffset(1890, 1, 2, 3, 4, 5, 678, TimeSpan.Zero),
        GroupId = "g",
        ConsumesForDays = 30.5,
        AttributesJson = """{"brand":"Oak & Co","width":38.50,"organic":true,"tags":["a",7],"nested":{"a":1},"none":null}""",
    };

    private const string FullReading =
        "listed, servable, revision 1, title (Text) Oak chair, price (Number) 1234.5678, salePrice (Number) 999.5, currency (Text) EUR, categories (List) [Home > Chairs | ü, \"x\"], addedAt (Time) -2524424154322, groupId (Text) g, "
        + "consumesForDays (Number) 30.5, brand (Text) Oak & Co, organic (Flag) True, tags (List) [a | 7], width (Number) 38.5";

    [Fact]
    public async Task Record_LoadedWrittenOrFed_IsTheSameInTheColumns()
    {
        var marker = (await Store.Feed.LoadAsync(Ct)).Marker;
        var (written, _) = await Store.Catalogue.PutItemAsync("i", Full, Ct);

        var loaded = await Store.Feed.LoadAsync(Ct);
        var fed = await Store.Feed.ReadSinceAsync(marker, 10, Ct);

        Assert.Equal(FullReading, CatalogueReading.ItemOf(loaded.Items.Columns, 0));
        Assert.Equal(FullReading, CatalogueReading.ItemOf(CatalogueBuilder.Of([written.ToServed()]).Columns, 0));
        Assert.Equal(FullReading, CatalogueReading.ItemOf(CatalogueBuilder.Of(fed.Items).Columns, 0));
    }

    [Fact]
    public async Task Load_WithLimits_LeavesOutWhatExceedsThem()
    {
        for (var item = 0; item < 5; item++)
            await Store.Catalogue.PutItemAsync($"i{item}", Full with { AttributesJson = $$"""{"sku":"s{{item}}","brand":"b"}""" }, Ct);

        var columns = (await Store.Feed.LoadAsync(Ct, limits: new CatalogueLimits { DistinctTexts = 4 })).Items.Columns;

        Assert.Equal([new LeftOutColumn("sku", ColumnType.Text, LeftOutReason.TooManyTexts)], columns.LeftOut);
        Assert.Equal(["brand"], columns.Attributes.Select(column => column.Name));
    }

    /// <summary>Whoever reads attributes that a hand has broken in the database serves the shop without them.</summary>
    [Fact]
    public async Task Load_AttributesThatAreNoJson_AreLeftOut()
    {
        await Store.Catalogue.PutItemAsync("i", Full, Ct);
        await Store.Inner.WriteAsync(async context => await context.ExecuteAsync("UPDATE items SET attributes_json = '{\"brand\":', price = NULL", Ct), Ct);

        var columns = (await Store.Feed.LoadAsync(Ct)).Items.Columns;

        Assert.Empty(columns.Attributes);
        Assert.Equal((0, 1), (columns.Price.ItemCount, columns.Currency.ItemCount));
    }

    /// <summary>
    /// Random puts, patches, partial imports, deletions, restores and items that only interactions name. One state follows the feed, in pages of any size; another
    /// hears of its own writes at once, in part twice; and one is built while changes go on, and gets those of the meantime afterwards, as at a swap. At the end
    /// all say what a state says that is loaded anew.
    /// </summary>
    [Fact]
    public void States_AfterAnyChanges_AreThoseLoadedAnew() => Prop.ForAll(Changes().ToArbitrary(), changes =>
    {
        // One store for all runs: a state then follows on from whatever the run before left.
        CheckAsync(changes).GetAwaiter().GetResult();
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithQuietOnSuccess(true));

    private async Task CheckAsync(Change[] changes)
    {
        var (following, marker) = await LoadAsync();
        var (writing, ownMarker) = await LoadAsync();
        (ServingState State, string Marker)? swapped = null;
        List<ServedItem> journal = [];
        for (var position = 0; position < changes.Length; position++)
        {
            if (position == changes.Length / 2)
                swapped = await LoadAsync();
            foreach (var own in await WriteAsync(changes[position]))
            {
                writing.Apply(own);
                if (position % 3 == 0)
                    writing.Apply(own);
                // What a swap finds in its journal may be in what it loaded, or not.
                if (position >= changes.Length / 3)
                    journal.Add(own);
            }

            if (changes[position].Value % 4 == 0)
                marker = await FollowAsync(following, marker, 1 + (changes[position].Value % 7));
        }

        await FollowAsync(following, marker, 3);
        await FollowAsync(writing, ownMarker, 100);
        var expected = CatalogueReading.Of((await LoadAsync()).State);
        Assert.Equal(expected, CatalogueReading.Of(following));
        Assert.Equal(expected, CatalogueReading.Of(writing));
        if (swapped is { } swap)
        {
            foreach (var own in journal)
                swap.State.Apply(own);
            await FollowAsync(swap.State, swap.Marker, 2);
            Assert.Equal(expected, CatalogueReading.Of(swap.State));
        }
    }

    private async Task<(ServingState State, string Marker)> LoadAsync()
    {
        var data = await Store.Feed.LoadAsync(Ct);
        return (new ServingState([], data.Users, data.Items, data.Histories, new ServingOptions(), data.Through), data.Marker);
    }

    private async Task<string> FollowAsync(ServingState state, string marker, int limit)
    {
        while (true)
        {
            var page = await Store.Feed.ReadSinceAsync(marker, limit, Ct);
            foreach (var item in page.Items)
                state.Apply(item);
            state.Apply(page.Interactions);
            marker = page.Marker;
            if (!page.HasMore)
                return marker;
        }
    }

    /// <returns>What the writer's own state is told.</returns>
    private async Task<IReadOnlyList<ServedItem>> WriteAsync(Change change)
    {
        Store.Clock.Advance(TimeSpan.FromSeconds(1));
        var id = $"i{change.Item}";
        switch (change.Kind)
        {
            case 0:
                return [(await Store.Catalogue.PutItemAsync(id, RecordOf(change.Value), Ct)).Item.ToServed()];
            case 1:
                return await Store.Catalogue.PatchItemAsync(id, before => before with { Price = change.Value, SalePrice = change.Value % 3 == 0 ? change.Value / 2m : null, AttributesJson = AttributesPatch.Apply(before.AttributesJson, PatchOf(change.Value)) }, Ct) is { } patched
                    ? [patched.ToServed()] : [];
            case 2:
                return await Store.Catalogue.DeleteItemAsync(id, Ct) is { } deleted
                    ? [new ServedItem(deleted.Key, id, new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: true, GroupId: null) { Revision = deleted.Revision })] : [];
            case 3:
                await ImportAsync(change);
                return [];
            default:
                await Store.AppendAsync(Store.Interaction("u", id));
                return [];
        }
    }

    private async Task ImportAsync(Change change)
    {
        await using var stage = await Store.Import.StageItemsAsync(Ct);
        for (var item = change.Item; item < 8; item += 3)
        {
            var given = (ItemFields)((change.Value * 37) & (int)ItemFields.All);
            await stage.AddAsync(item + 1, new ImportedItem($"i{item}", RecordOf(change.Value + item), given, given), Ct);
        }

        Assert.True((await stage.CommitAsync("file", ImportRules.Default, Ct)).Committed);
    }

    private static ItemRecord RecordOf(int value) => new()
    {
        Title = $"t{value}",
        Categories = value % 3 == 0 ? [] : [$"c{value % 4}", $"c{value % 4} > d{value % 2}"],
        Price = value % 5 == 0 ? null : value + 0.99m,
        SalePrice = value % 4 == 0 ? value : null,
        Currency = value % 5 == 0 ? null : value % 2 == 0 ? "EUR" : "CHF",
        Available = value % 6 != 0,
        Hidden = value % 11 == 0,
        AddedAt = value % 4 == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(1_600_000_000_000 + value),
        GroupId = value % 2 == 0 ? $"g{value % 3}" : null,
        ConsumesForDays = value % 7 == 0 ? value : null,
        AttributesJson = value % 8 == 0 ? null : PatchOf(value),
    };

    private static string PatchOf(int value) => JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["brand"] = $"b{value % 5}",
        [$"size{value % 2}"] = (value % 4) switch { 0 => value, 1 => "XL", 2 => value % 3 == 0, _ => null },
        ["tags"] = value % 3 == 0 ? $"t{value % 6}" : Enumerable.Range(0, value % 4).Select(position => $"t{(value + position) % 6}"),
    });

    private static Gen<Change[]> Changes() => (
        from item in Gen.Choose(0, 7)
        from kind in Gen.Choose(0, 4)
        from value in Gen.Choose(0, 100)
        select new Change(item, kind, value)).ListOf().Select(changes => changes.ToArray());

    /// <param name="Item">Which of eight.</param>
    /// <param name="Kind">What is done with it.</param>
    /// <param name="Value">What the record says.</param>
    private sealed record Change(int Item, int Kind, int Value);
}

public sealed class SqliteCatalogueColumnsTests() : CatalogueColumnsContract(StorageProvider.Sqlite);

public sealed class PostgresCatalogueColumnsTests() : CatalogueColumnsContract(StorageProvider.Postgres);
