using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Storage;

namespace RecoService.Api.Catalogue;

/// <summary>An item as stored. <c>listed</c> is false for an item that only interactions have named.</summary>
internal sealed record ItemResponse(
    string ItemId, bool Listed, string? Title, string? Description, IReadOnlyList<string> Categories, decimal? Price, decimal? SalePrice, string? Currency,
    bool Available, bool Hidden, DateTimeOffset? AddedAt, string? GroupId, string? ImageUrl, double? ConsumesForDays,
    [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Attributes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ItemResponse Of(StoredItem item) => new(
        item.ItemId, item.Listed, item.Record.Title, item.Record.Description, item.Record.Categories, item.Record.Price, item.Record.SalePrice, item.Record.Currency,
        item.Record.Available, item.Record.Hidden, item.Record.AddedAt, item.Record.GroupId, item.Record.ImageUrl, item.Record.ConsumesForDays, UserResponse.Parse(item.Record.AttributesJson), item.CreatedAt, item.UpdatedAt);
}

internal static class ItemEndpoints
{
    public static void MapItems(this IEndpointRouteBuilder routes)
    {
        var items = routes.MapGroup("/items").WithTags("Items").CheckPathIds();
        items.MapGet("/", List).RequireAuthorization(SecurityExtensions.Reader)
            .WithName("ListItems").WithSummary("The catalogue, a page at a time").ProducesProblems(StatusCodes.Status400BadRequest);
        items.MapGet("/{itemId}", Get).RequireAuthorization(SecurityExtensions.Reader)
            .WithName("GetItem").WithSummary("One item").WithDescription("The ETag stands for this state of the record. Sent as If-None-Match, it is answered 304 while nothing has changed; sent as If-Match with a write, it keeps others from being overwritten.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        items.MapPut("/{itemId}", Put).RequireAdmin().AcceptsJson(typeof(ItemRequest))
            .WithName("PutItem").WithSummary("Store an item's whole record; brings a deleted item back")
            .WithDescription("With If-Match only when nobody has changed the record since; with If-None-Match: * only when there is none yet.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
        items.MapPatch("/{itemId}", Patch).RequireAdmin().AcceptsJson(typeof(ItemRequest))
            .WithName("PatchItem").WithSummary("Change the fields given, clear those given as null (RFC 7396)")
            .WithDescription("Every list after the answer follows the change: an item made unavailable or hidden is not shown.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
        items.MapDelete("/{itemId}", Delete).RequireAdmin()
            .WithName("DeleteItem").WithSummary("Take an item out of the catalogue; what users did with it stays")
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<PageResponse<ItemResponse>>> List(
        Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 100)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        return TypedResults.Ok((await shop.Store.Catalogue.ListItemsAsync(cursor, limit, cancellationToken)).ToResponse(ItemResponse.Of));
    }

    private static async Task<Results<Ok<ItemResponse>, NotFound, StatusCodeHttpResult>> Get(
        PathId itemId, [AsParameters] Conditions conditions, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Catalogue.GetItemAsync(itemId.Value, cancellationToken) is not { } item)
            return TypedResults.NotFound();
        return conditions.AreOfCurrent(response, EntityTags.Of(item)) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(ItemResponse.Of(item));
    }

    private static async Task<Results<Ok<ItemResponse>, Created<ItemResponse>>> Put(
        PathId itemId, [AsParameters] Conditions conditions, HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<ItemRequest>();
        var problems = new List<FieldProblem>();
        var record = shop.Validators.Items.Validate(body, fieldPrefix: "", problems);
        Requests.ThrowIfAny(problems);

        var (item, created) = await shop.Store.Catalogue.PutItemAsync(itemId.Value, record!, cancellationToken, conditions.CheckItem);
        response.Headers.ETag = EntityTags.Of(item).ToString();
        shop.Serving.Snapshots.Apply(state => state.Apply(item.ToServed()));
        return created ? TypedResults.Created($"/items/{Uri.EscapeDataString(itemId.Value)}", ItemResponse.Of(item)) : TypedResults.Ok(ItemResponse.Of(item));
    }

    private static async Task<Results<Ok<ItemResponse>, NotFound>> Patch(
        PathId itemId, [AsParameters] Conditions conditions, HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var change = shop.Validators.Items.ValidatePatch((await request.ReadBodyAsync<JsonDocument>()).RootElement, problems);
        Requests.ThrowIfAny(problems);

        if (await shop.Store.Catalogue.PatchItemAsync(itemId.Value, change!, cancellationToken, conditions.CheckItem) is not { } item)
            return TypedResults.NotFound();
        response.Headers.ETag = EntityTags.Of(item).ToString();
        shop.Serving.Snapshots.Apply(state => state.Apply(item.ToServed()));
        return TypedResults.Ok(ItemResponse.Of(item));
    }

    private static async Task<Results<NoContent, NotFound>> Delete(
        PathId itemId, [AsParameters] Conditions conditions, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Catalogue.DeleteItemAsync(itemId.Value, cancellationToken, conditions.CheckItem) is not { } deleted)
            return TypedResults.NotFound();
        shop.Serving.Snapshots.Apply(state => state.Apply(ServedItem.Deleted(deleted.Key, itemId.Value, deleted.Revision)));
        return TypedResults.NoContent();
    }
}
