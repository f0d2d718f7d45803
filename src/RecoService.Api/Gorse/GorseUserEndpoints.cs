using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

internal static class GorseUserEndpoints
{
    public static void MapGorseUsers(this IEndpointRouteBuilder gorse)
    {
        gorse.MapPost("/user", async (HttpRequest request, Shop shop, CancellationToken cancellationToken) => await PutAsync([await GorseWire.ReadAsync<GorseUser>(request)], shop, cancellationToken)).RequireAdmin();
        gorse.MapPost("/users", async (HttpRequest request, Shop shop, CancellationToken cancellationToken) => await PutAsync(await GorseWire.ReadManyAsync<GorseUser>(request), shop, cancellationToken)).RequireAdmin();
        gorse.MapGet("/users", List).RequireAdmin();
        gorse.MapGet("/user/{userId}", Get).RequireAdmin();
        gorse.MapPatch("/user/{userId}", Patch).RequireAdmin();
        gorse.MapDelete("/user/{userId}", Delete).RequireAdmin();
    }

    private static async Task<IResult> PutAsync(IReadOnlyList<GorseUser> users, Shop shop, CancellationToken cancellationToken)
    {
        var problems = new List<FieldProblem>();
        var attributes = new string?[users.Count];
        for (var position = 0; position < attributes.Length; position++)
        {
            var prefix = users.Count == 1 ? "" : $"[{position}]";
            if (ExternalId.Problem(users[position].UserId ?? "") is { } fault)
                problems.Add(new FieldProblem($"{prefix}UserId", fault));
            shop.Validators.Users.TryValidate(new UserRequest { Attributes = GorseLabels.ToAttributes(users[position].Labels, users[position].Comment) }, prefix, problems, out attributes[position]);
        }

        Requests.ThrowIfAny(problems);
        for (var position = 0; position < attributes.Length; position++)
        {
            var (user, _) = await shop.Store.Catalogue.PutUserAsync(users[position].UserId!, attributes[position], cancellationToken);
            shop.Serving.Snapshots.Apply(state => state.Apply(user.ToServed()));
        }

        return GorseWire.Of(new GorseSuccess(users.Count));
    }

    private static async Task<IResult> List(HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var count = GorseWire.CountOf(request, "n", GorseWire.DefaultCount, PageResponse.MaxLimit);
        var page = count == 0 ? new Page<StoredUser>([], null) : await shop.Store.Catalogue.ListUsersAsync(GorseFeedbackEndpoints.CursorOf(request), count, cancellationToken);
        return GorseWire.Of(new GorseUserIterator(page.Next ?? "", [.. page.Items.Select(Of)]));
    }

    private static async Task<IResult> Get(PathId userId, Shop shop, CancellationToken cancellationToken) =>
        await shop.Store.Catalogue.GetUserAsync(userId.Value, cancellationToken) is { } user ? GorseWire.Of(Of(user)) : TypedResults.Problem("user not found", statusCode: StatusCodes.Status404NotFound);

    /// <summary>A user nobody knows is passed over with success, as Gorse does.</summary>
    private static async Task<IResult> Patch(PathId userId, HttpRequest request, Shop shop, CancellationToken cancellationToken)
    {
        var patch = await GorseWire.ReadAsync<GorseUser>(request);
        var problems = new List<FieldProblem>();
        shop.Validators.Users.TryValidate(new UserRequest { Attributes = GorseLabels.ToAttributes(patch.Labels, patch.Comment) }, fieldPrefix: "", problems, out _);
        Requests.ThrowIfAny(problems);
        if (await shop.Store.Catalogue.PatchUserAsync(userId.Value, Merged, cancellationToken) is { } user)
            shop.Serving.Snapshots.Apply(state => state.Apply(user.ToServed()));
        return GorseWire.Of(new GorseSuccess(1));

        string? Merged(string? stored)
        {
            var (labels, comment) = GorseLabels.Of(stored);
            var faults = new List<FieldProblem>();
            shop.Validators.Users.TryValidate(new UserRequest { Attributes = GorseLabels.ToAttributes(patch.Labels ?? labels, patch.Comment ?? comment) }, fieldPrefix: "", faults, out var merged);
            Requests.ThrowIfAny(faults);
            return merged;
        }
    }

    private static async Task<IResult> Delete(PathId userId, Shop shop, CancellationToken cancellationToken)
    {
        if (await shop.Store.Erasures.EraseAsync(userId.Value, shop.Settings.Privacy.ToTerms(), cancellationToken) is { UserKey: { } key })
            shop.Serving.Snapshots.Apply(state => state.EraseUser(key));
        return GorseWire.Of(new GorseSuccess(1));
    }

    private static GorseUser Of(StoredUser user)
    {
        var (labels, comment) = GorseLabels.Of(user.AttributesJson);
        return new GorseUser { UserId = user.UserId, Labels = labels, Comment = comment };
    }
}
