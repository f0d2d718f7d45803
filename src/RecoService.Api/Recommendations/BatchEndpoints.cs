using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;

namespace RecoService.Api.Recommendations;

internal static class BatchEndpoints
{
    private const int UsersPerFlush = 256;

    public static void MapBatches(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/recommendations/batch", Recommend)
            .AcceptsJson(typeof(BatchRequest))
            .RequireAuthorization(SecurityExtensions.Storefront)
            .WithName("GetBatchRecommendations")
            .WithTags("Recommendations")
            .WithSummary("The items to show each of many users: a line of JSON per user, in the order asked")
            .WithDescription("A user who is named more than once is answered once. Each list costs one request of the key's limit. All lists come from one state of the models and the catalogue. They are not impressions, since nobody has been shown them yet. For all users there is the command `export`.")
            .Produces<UserList>(StatusCodes.Status200OK, UserList.MediaType)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable);

    private static async Task Recommend(
        HttpRequest request, HttpResponse response, Shop shop, LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics,
        IOptions<RateLimiterOptions> rateLimits, TimeProvider time, CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<BatchRequest>();
        var problems = new List<FieldProblem>();
        var limit = Requests.LimitOf(body.Limit, problems);
        var userIds = CheckUserIds(body.UserIds, limits, wireLimits, problems);
        CheckRate(request.HttpContext.User, userIds.Length, problems);
        Requests.ThrowIfAny(problems);
        var state = shop.Serving.Snapshots.State;

        // The request itself has cost the first of them.
        using var lease = rateLimits.Value.GlobalLimiter?.AttemptAcquire(request.HttpContext, userIds.Length - 1);
        if (lease is { IsAcquired: false })
        {
            await RefuseAsync(response, lease, userIds.Length);
            return;
        }

        var rules = shop.Serving.ActiveRules.Current;
        response.ContentType = UserList.MediaType;
        var now = time.GetUtcNow();
        foreach (var some in userIds.Chunk(UsersPerFlush))
        {
            UserList.WriteLines(state, some, limit, now, rules, response.BodyWriter);
            metrics.ListsServed(some.Length);
            // A client that reads slowly holds up its own batch and nobody else's.
            await response.BodyWriter.FlushAsync(cancellationToken);
        }
    }

    private static string[] CheckUserIds(IReadOnlyList<string?>? userIds, LimitSettings limits, WireLimits wireLimits, List<FieldProblem> problems)
    {
        var fields = new FieldScope("", problems);
        if (userIds is not { Count: > 0 } || userIds.Count > limits.MaxUsersPerBatch)
        {
            fields.Add("userIds", $"must hold 1 to {limits.MaxUsersPerBatch} user ids");
            return [];
        }

        for (var position = 0; position < userIds.Count; position++)
            fields.CheckId($"userIds[{position}]", userIds[position], wireLimits);
        return [.. userIds!.Distinct(StringComparer.Ordinal)!];
    }

    /// <summary>A batch that is larger than the key's limit would be refused however long the caller waits.</summary>
    private static void CheckRate(ClaimsPrincipal user, int lists, List<FieldProblem> problems)
    {
        if (user is ApiKeyCaller { RequestsPerSecond: > 0 and var most } && lists > most)
            problems.Add(new FieldProblem("userIds", $"names {lists} users, and this key may ask for {most} lists a second; ask for at most {most} at once"));
    }

    private static Task RefuseAsync(HttpResponse response, RateLimitLease lease, int lists)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var needed) ? needed : TimeSpan.FromSeconds(1);
        response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return TypedResults.Problem(
            $"The batch asks for {lists} lists, each of which costs one request, and the key has no more of them this second. Try again after the time in Retry-After.",
            statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests").ExecuteAsync(response.HttpContext);
    }
}
