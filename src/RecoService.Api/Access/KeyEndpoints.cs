using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage.Operations;

namespace RecoService.Api.Access;

/// <summary>The API keys: those of the configuration are shown, those of the store are made, rotated and revoked.</summary>
internal static class KeyEndpoints
{
    /// <summary>No cache keeps a secret.</summary>
    private const string NoStore = "no-store";

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/admin/keys").WithTags("Access").RequireAdmin().CheckPathIds();
        keys.MapGet("/", List).WithName("ListKeys").WithSummary("The API keys, without their secrets")
            .WithDescription("Names, roles, scopes, limits, and when this replica last saw each. Empty where no keys are configured.");
        keys.MapPost("/", Create).AcceptsJson(typeof(CreateKeyRequest)).WithName("CreateKey").WithSummary("Make an API key")
            .WithDescription("The answer has the secret, which is shown this once; the store keeps a hash. Every replica knows the key within a second. A key that is bound to groups makes only keys that are bound to some of these.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        keys.MapPost("/{keyName}/rotate", Rotate).AcceptsJson(typeof(RotateKeyRequest), isOptional: true).WithName("RotateKey").WithSummary("Give an API key another secret")
            .WithDescription("The present secret goes on for overlapSeconds. The answer has the new one, which is shown this once. The body may be left out.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
        keys.MapDelete("/{keyName}", Revoke).WithName("RevokeKey").WithSummary("Revoke an API key with all its secrets")
            .WithDescription("It opens nothing on this replica from the answer on, and on the others within a second.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status403Forbidden, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<KeysResponse> List(Shop shop, RecoSettings settings) => TypedResults.Ok(new KeysResponse(settings.Replica, KeyResponse.All(shop.LiveKeys)));

    private static async Task<Results<Created<NewKeyResponse>, ProblemHttpResult>> Create(HttpRequest request, HttpResponse response, Shop shop, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<CreateKeyRequest>();
        var problems = new List<FieldProblem>();
        body.Check(time.GetUtcNow(), problems);
        Requests.ThrowIfAny(problems);
        string[] scopes = [.. (body.Scopes ?? []).Distinct(StringComparer.Ordinal)];
        if (shop.Keys.IsEmpty)
            return Conflict("No key is configured, so everybody is an administrator. Set an admin key under Reco:Security:ApiKeys first.");
        if (RefusalOf(request.HttpContext, scopes) is { } refusal)
            return refusal;
        if (shop.LiveKeys.IsConfigured(body.Name!))
            return Configured(body.Name!);

        var key = KeyHashes.NewKey();
        try
        {
            var made = new NewApiKey(body.Name!, shop.LiveKeys.HashOf(key), body.Role!, scopes, body.RequestsPerSecond ?? 0, body.ExpiresAt);
            if (await shop.Store.ApiKeys.CreateAsync(made, request.HttpContext.User.Identity?.Name ?? "", cancellationToken) is not { } stored)
                return Conflict($"There is a key {WireText.Quote(body.Name!)} already; rotate it, or revoke it first.");
            await shop.LiveKeys.TryRefreshAsync();
            response.Headers.CacheControl = NoStore;
            return TypedResults.Created($"/admin/keys/{Uri.EscapeDataString(stored.Key.Name)}", NewKeyResponse.Of(stored, key));
        }
        catch (TooManyApiKeysException exception)
        {
            return Conflict(exception.Message);
        }
    }

    private static async Task<Results<Ok<NewKeyResponse>, NotFound, ProblemHttpResult>> Rotate(PathId keyName, HttpRequest request, HttpResponse response, Shop shop, CancellationToken cancellationToken)
    {
        var body = request.ContentLength is 0 || (request.ContentLength is null && request.ContentType is null) ? new RotateKeyRequest() : await request.ReadBodyAsync<RotateKeyRequest>();
        var problems = new List<FieldProblem>();
        var overlap = body.Check(problems);
        Requests.ThrowIfAny(problems);
        if (FaultOf(request.HttpContext, shop, keyName.Value) is { } fault)
            return fault;
        var key = KeyHashes.NewKey();
        if (await shop.Store.ApiKeys.RotateAsync(keyName.Value, shop.LiveKeys.HashOf(key), overlap, request.HttpContext.User.Identity?.Name ?? "", cancellationToken) is not { } stored)
            return TypedResults.NotFound();
        await shop.LiveKeys.TryRefreshAsync();
        response.Headers.CacheControl = NoStore;
        return TypedResults.Ok(NewKeyResponse.Of(stored, key));
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> Revoke(PathId keyName, HttpContext context, Shop shop, CancellationToken cancellationToken)
    {
        if (FaultOf(context, shop, keyName.Value) is { } fault)
            return fault;
        if (!await shop.Store.ApiKeys.RevokeAsync(keyName.Value, cancellationToken))
            return TypedResults.NotFound();
        await shop.LiveKeys.TryRefreshAsync();
        return TypedResults.NoContent();
    }

    /// <summary>A key of the configuration is changed there, and a bound key changes none that opens more than it does.</summary>
    private static ProblemHttpResult? FaultOf(HttpContext context, Shop shop, string name) =>
        shop.LiveKeys.IsConfigured(name) ? Configured(name)
        : shop.LiveKeys.Stored.Live.LastOrDefault(key => key.Key.Name == name) is { } stored ? RefusalOf(context, stored.Key.Scopes)
        : null;

    private static ProblemHttpResult? RefusalOf(HttpContext context, IReadOnlyCollection<string> scopes) =>
        context.User is not ApiKeyCaller caller || ApiKeyCaller.IsWithin(scopes, caller) ? null
        : TypedResults.Problem($"The key {WireText.Quote(caller.Name)} opens the groups {string.Join(", ", caller.Scopes)}, and changes only keys that are bound to some of these.", statusCode: StatusCodes.Status403Forbidden);

    private static ProblemHttpResult Configured(string name) => Conflict($"The key {WireText.Quote(name)} is set under Reco:Security:ApiKeys, and changed there.");

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
