using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Catalogue;

/// <summary>A user as stored.</summary>
internal sealed record UserResponse(
    string UserId, [property: Shape(typeof(Dictionary<string, JsonElement>))] JsonElement? Attributes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static UserResponse Of(StoredUser user) => new(user.UserId, Parse(user.AttributesJson), user.CreatedAt, user.UpdatedAt);

    internal static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/users").WithTags("Users").RequireAdmin().CheckPathIds();
        users.MapGet("/", List).WithName("ListUsers").WithSummary("The users, a page at a time").ProducesProblems(StatusCodes.Status400BadRequest);
        users.MapGet("/{userId}", Get).WithName("GetUser").WithSummary("One user").WithDescription("The ETag stands for this state of the record. Sent as If-None-Match, it is answered 304 while nothing has changed; sent as If-Match with a write, it keeps others from being overwritten.")
            .Produces(StatusCodes.Status304NotModified).ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed);
        users.MapPut("/{userId}", Put).AcceptsJson(typeof(UserRequest)).WithName("PutUser").WithSummary("Store a user's whole record")
            .WithDescription("With If-Match only when nobody has changed the record since; with If-None-Match: * only when there is none yet.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
        users.MapPatch("/{userId}", Patch).AcceptsJson(typeof(UserRequest)).WithName("PatchUser").WithSummary("Change the fields given, clear those given as null (RFC 7396)")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound, StatusCodes.Status412PreconditionFailed, StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<PageResponse<UserResponse>>> List(Shop shop, CancellationToken cancellationToken, string? cursor = null, int limit = 100)
    {
        Requests.CheckLimit(limit, PageResponse.MaxLimit);
        return TypedResults.Ok((await shop.Store.Catalogue.ListUsersAsync(cursor, limit, cancellationToken)).ToResponse(UserResponse.Of));
    }

    private static async Task<Results<Ok<UserResponse>, NotFound, StatusCodeHttpResult>> Get(
        PathId userId, [AsParameters] Conditions conditions, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Catalogue.GetUserAsync(userId.Value, cancellationToken) is not { } user)
            return TypedResults.NotFound();
        return conditions.AreOfCurrent(response, EntityTags.Of(user)) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(UserResponse.Of(user));
    }

    private static async Task<Results<Ok<UserResponse>, Created<UserResponse>>> Put(
        PathId userId, [AsParameters] Conditions conditions, HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<UserRequest>();
        var problems = new List<FieldProblem>();
        shop.Validators.Users.TryValidate(body, fieldPrefix: "", problems, out var attributesJson);
        Requests.ThrowIfAny(problems);

        var (user, created) = await shop.Store.Catalogue.PutUserAsync(userId.Value, attributesJson, cancellationToken, conditions.CheckUser);
        shop.Serving.Snapshots.Apply(state => state.Apply(user.ToServed()));
        response.Headers.ETag = EntityTags.Of(user).ToString();
        return created ? TypedResults.Created($"/users/{Uri.EscapeDataString(userId.Value)}", UserResponse.Of(user)) : TypedResults.Ok(UserResponse.Of(user));
    }

    private static async Task<Results<Ok<UserResponse>, NotFound>> Patch(
        PathId userId, [AsParameters] Conditions conditions, HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var change = shop.Validators.Users.ValidatePatch((await request.ReadBodyAsync<JsonDocument>()).RootElement, problems);
        Requests.ThrowIfAny(problems);
        if (await shop.Store.Catalogue.PatchUserAsync(userId.Value, change!, cancellationToken, conditions.CheckUser) is not { } user)
            return TypedResults.NotFound();
        shop.Serving.Snapshots.Apply(state => state.Apply(user.ToServed()));
        response.Headers.ETag = EntityTags.Of(user).ToString();
        return TypedResults.Ok(UserResponse.Of(user));
    }
}
