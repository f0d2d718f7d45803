using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

internal static class GorseItemEndpoints
{
    public static void MapGorseItems(this IEndpointRouteBuilder gorse)
    {
        gorse.MapPost("/item", async (HttpRequest request, Shop shop, CancellationToken cancellationToken) => await PutAsync([await GorseWire.ReadAsync<GorseItemRequest>(request)], shop, cancellationToken)).RequireAdmin();
        gorse.MapPost("/items", async (HttpRequest request, Shop shop, CancellationToken cancellationToken) => await PutAsync(await GorseWire.ReadManyAsync<GorseItemRequest>(request), shop, cancellationToken)).RequireAdmin();
        gorse.MapGet("/items", List).RequireAuthorization(SecurityExtensions.Reader);
        gorse.MapGet("/item/{itemId}", Get).RequireAuthorization(SecurityExtensions.Reader);
        gorse.MapPatch("/item/{itemId}", Patch).RequireAdmin();
        gorse.MapDelete("/item/{itemId}", Delete).RequireAdmin();
        gorse.MapPut("/item/{itemId}/category/{category}", (PathId itemId, PathId category, Shop shop, CancellationToken cancellationToken) =>
            ChangeCategoriesAsync(itemId, shop, categories => categories.Contains(category.Value) ? categories : [.. categories, category.Value], cancellationToken)).RequireAdmin();
        gorse.MapDelete("/item/{itemId}/category/{category}", (PathId itemId, PathId category, Shop shop, CancellationToken cancellationToken) =>
            ChangeCategoriesAsync(itemId, shop, categories => [.. categories.Where(each => each != category.Value)], cancellationToken)).RequireAdmin();
    }

    /// <summary>What Gorse does not know of an item, such as its price, stays as it is.</summary>
    private static async Task<IResult> PutAsync(IReadOnlyList<GorseItemRequest> items, Shop shop, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var records = new ItemRecord?[items.Count];
        for (var position = 0; position < records.Length; position++)
        {
            var prefix = items.Count == 1 ? "" : $"[{position}]";
            if (ExternalId.Problem(items[position].ItemId ?? "") is { } fault)
                problems.Add(new FieldProblem($"{prefix}ItemId", fault));
            records[position] = GorseItems.Validate(items[position], shop.Validators, prefix, problems);
        }

        Requests.ThrowIfAny(problems);
        for (var position = 0; position < records.Length; position++)
        {
            var (itemId, record) = (items[position].ItemId!, records[position]!);
            var item = await shop.Store.Catalogue.PatchItemAsync(itemId, stored => With(stored, record), cancellationToken)
                ?? (await shop.Store.Catalogue.PutItemAsync(itemId, record, cancellationToken)).Item;
            shop.Serving.Snapshots.Apply(state => state.Apply(item.ToServed()));
        }

        return GorseWire.Of(new GorseSuccess(items.Count));
    }

    private static async Task<IResult> List(HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var count = GorseWire.CountOf(request, "n", GorseWire.DefaultCount, PageResponse.MaxLimit);
        var page = count == 0 ? new Page<StoredItem>([], null) : await shop.Store.Catalogue.ListItemsAsync(GorseFeedbackEndpoints.CursorOf(request), count, cancellationToken);
        return GorseWire.Of(new GorseItemIterator(page.Next ?? "", [.. page.Items.Select(Of)]));
    }

    private static async Task<IResult> Get(PathId itemId, Shop shop, CancellationToken cancellationToken) =>
        await shop.Store.Catalogue.GetItemAsync(itemId.Value, cancellationToken) is { } item ? GorseWire.Of(Of(item)) : NotFound();

    /// <summary>An item nobody knows is passed over with success, as Gorse does.</summary>
    private static async Task<IResult> Patch(PathId itemId, HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var patch = await GorseWire.ReadAsync<GorseItemRequest>(request);
        var problems = new List<FieldProblem>();
        var given = GorseItems.Validate(patch, shop.Validators, "", problems);
        Requests.ThrowIfAny(problems);
        await ChangeAsync(itemId, shop, stored => stored with
        {
            Hidden = patch.IsHidden ?? stored.Hidden,
            Categories = patch.Categories is null ? stored.Categories : given!.Categories,
            AddedAt = given!.AddedAt ?? stored.AddedAt,
            AttributesJson = patch.Labels is null ? stored.AttributesJson : given.AttributesJson,
            Title = patch.Comment is null ? stored.Title : given.Title,
            Description = patch.Comment is null ? stored.Description : given.Description,
        }, cancellationToken);
        return GorseWire.Of(new GorseSuccess(1));
    }

    private static async Task<IResult> Delete(PathId itemId, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Catalogue.DeleteItemAsync(itemId.Value, cancellationToken) is { } deleted)
            shop.Serving.Snapshots.Apply(state => state.Apply(ServedItem.Deleted(deleted.Key, itemId.Value, deleted.Revision)));
        return GorseWire.Of(new GorseSuccess(1));
    }

    private static async Task<IResult> ChangeCategoriesAsync(PathId itemId, Shop shop, Func<IReadOnlyList<string>, IReadOnlyList<string>> change, CancellationToken cancellationToken)
    {
        var isKnown = await ChangeAsync(itemId, shop, stored =>
        {
            var problems = new List<FieldProblem>();
            shop.Validators.Items.Validate(new ItemRequest { Categories = [.. change(stored.Categories)] }, "", problems);
            Requests.ThrowIfAny(problems);
            return stored with { Categories = change(stored.Categories) };
        }, cancellationToken);
        return isKnown ? GorseWire.Of(new GorseSuccess(1)) : NotFound();
    }

    private static async Task<bool> ChangeAsync(PathId itemId, Shop shop, Func<ItemRecord, ItemRecord> change, CancellationToken cancellationToken)
    {
        if (await shop.Store.Catalogue.PatchItemAsync(itemId.Value, change, cancellationToken) is not { } item)
            return false;
        shop.Serving.Snapshots.Apply(state => state.Apply(item.ToServed()));
        return true;
    }

    private static ItemRecord With(ItemRecord stored, ItemRecord given) => stored with
    {
        Title = given.Title,
        Description = given.Description ?? (given.Title is null ? null : stored.Description),
        Categories = given.Categories,
        Hidden = given.Hidden,
        AddedAt = given.AddedAt,
        AttributesJson = given.AttributesJson,
    };

    private static GorseItem Of(StoredItem item) => new(
        item.ItemId, item.Record.Hidden, item.Record.Categories, item.Record.AddedAt?.UtcDateTime ?? DateTime.SpecifyKind(default, DateTimeKind.Utc),
        GorseLabels.Of(item.Record.AttributesJson).Labels, item.Record.Title ?? item.Record.Description ?? "");

    private static IResult NotFound() => TypedResults.Problem("item not found", statusCode: StatusCodes.Status404NotFound);
}
