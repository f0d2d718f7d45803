using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Interactions;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Ingesting;

/// <summary>What became of the events of a call.</summary>
/// <param name="Accepted">How many interactions are new.</param>
/// <param name="Duplicates">How many were stored before.</param>
/// <param name="Clamped">How many of the accepted said that they happened later than they arrived; their arrival counts.</param>
/// <param name="Ignored">How many events say nothing of items, such as page views.</param>
/// <param name="Refused">The events that were left out, and why; the first 100.</param>
internal sealed record IngestResponse(int Accepted, int Duplicates, int Clamped, int Ignored, IReadOnlyList<RefusedEvent> Refused);

/// <param name="Index">The event's place in the call, from 0.</param>
/// <param name="Problems">What is wrong with it.</param>
internal sealed record RefusedEvent(int Index, IReadOnlyList<string> Problems);

/// <summary>Events as other systems send them. Whoever sends them cannot mend one, so the good ones are stored and each bad one is told.</summary>
internal static class IngestEndpoints
{
    private const int RefusedShown = 100;

    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        var ingest = routes.MapGroup("/ingest").WithTags("Ingest").RequireAuthorization(SecurityExtensions.Storefront);
        ingest.MapPost("/segment", (HttpRequest request, Shop shop, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken) =>
                IngestAsync(request, shop, writer, limits, (body, _) => SegmentEvents.EventsOf(body), (_, one, fields) => SegmentEvents.Read(one, fields), cancellationToken))
            .AcceptsJson(typeof(Dictionary<string, JsonElement>)).Describe("IngestSegment", "Take Segment's track calls: one, an array, or a batch",
                "By the e-commerce specification: `Product Viewed`, `Product Clicked`, `Product Added`, `Product Added to Wishlist`, `Product Removed`, `Order Completed` and `Order Refunded`. Calls that are none of these are ignored. `messageId` makes a repetition harmless.");
        ingest.MapPost("/ga4", (HttpRequest request, Shop shop, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken) =>
                IngestAsync(request, shop, writer, limits, (body, _) => Ga4Events.EventsOf(body), Ga4Events.Read, cancellationToken))
            .AcceptsJson(typeof(Dictionary<string, JsonElement>)).Describe("IngestGa4", "Take events of Google Analytics 4, as its Measurement Protocol sends them",
                "`view_item`, `select_item`, `add_to_cart`, `add_to_wishlist`, `remove_from_cart`, `purchase` and `refund`, an interaction for each of their items. Other events are ignored. An event with a `timestamp_micros` or a `transaction_id` may be sent again.");
        ingest.MapPost("/cloudevents", (HttpRequest request, Shop shop, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken) =>
                IngestAsync(request, shop, writer, limits, CloudEvents.EventsOf, (_, one, fields) => CloudEvents.Read(one, fields), cancellationToken))
            .WithMetadata(new CloudEventTypes()).Describe("IngestCloudEvents", "Take CloudEvents whose data is an interaction: one or a batch",
                "CloudEvents 1.0 in JSON, or with the attributes in `ce-` headers. Without a `kind` in the data the last word of the `type` says it, as in `com.shop.product.viewed`; without an `itemId` the `subject` is the item. `source` and `id` make a repetition harmless.");
    }

    private static void Describe(this RouteHandlerBuilder call, string name, string summary, string description) => call
        .WithName(name).WithSummary(summary).WithDescription($"{description} What is wrong with an event is told in `refused`, and the others are stored; only when every event is refused is the answer 400.")
        .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status413PayloadTooLarge, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<IngestResponse>> IngestAsync(
        HttpRequest request, Shop shop, InteractionWriter writer, LimitSettings limits, Func<JsonElement, IHeaderDictionary, IReadOnlyList<JsonElement>> eventsOf,
        Func<JsonElement, JsonElement, FieldScope, IEnumerable<InteractionRequest>> read, CancellationToken cancellationToken)
    {
        using var body = await ReadAsync(request, cancellationToken);
        var events = eventsOf(body.RootElement, request.Headers);
        if (events.Count == 0 || events.Count > limits.MaxInteractionsPerRequest)
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, $"must hold 1 to {limits.MaxInteractionsPerRequest} events")]);
        var (good, places, refused, ignored) = (new List<NewInteraction>(), new List<int>(), new List<RefusedEvent>(), 0);
        for (var index = 0; index < events.Count; index++)
        {
            var problems = new List<FieldProblem>();
            var interactions = Of(body.RootElement, events[index], read, shop, problems);
            if (problems.Count > 0)
                refused.Add(new RefusedEvent(index, [.. problems.Select(problem => problem.ToString())]));
            else if (interactions.Count == 0)
                ignored++;
            good.AddRange(problems.Count > 0 ? [] : interactions);
            places.AddRange(Enumerable.Repeat(index, problems.Count > 0 ? 0 : interactions.Count));
        }

        if (refused.Count == events.Count)
            throw new InvalidRequestException([.. refused.Take(RefusedShown).Select(one => new FieldProblem($"[{one.Index}]", one.Problems[0]))]);
        var result = await AppendAsync(good, shop, writer, limits, cancellationToken);
        refused.AddRange(result.Where(one => one.Stored.Status == AppendStatus.Conflict).Select(one => new RefusedEvent(places[one.Position], ["its id is taken by an interaction with other content"])));
        return TypedResults.Ok(new IngestResponse(
            result.Count(one => one.Stored.IsAccepted), result.Count(one => one.Stored.Status == AppendStatus.Duplicate), result.Count(one => one.Stored is { IsAccepted: true, IsClamped: true }), ignored,
            [.. refused.OrderBy(one => one.Index).Take(RefusedShown)]));
    }

    /// <summary>An event may hold many items, so what a call stores may take several writes.</summary>
    private static async Task<List<(int Position, AppendedInteraction Stored)>> AppendAsync(List<NewInteraction> interactions, Shop shop, InteractionWriter writer, LimitSettings limits, CancellationToken cancellationToken)
    {
        var stored = new List<(int Position, AppendedInteraction Stored)>(interactions.Count);
        foreach (var some in interactions.Chunk(limits.MaxInteractionsPerRequest))
        {
            var result = await writer.AppendAsync(shop, some, cancellationToken, skipConflicts: true);
            stored.AddRange(result.Interactions.Select((one, position) => (stored.Count + position, one)).ToList());
        }

        return stored;
    }

    private static List<NewInteraction> Of(
        JsonElement body, JsonElement one, Func<JsonElement, JsonElement, FieldScope, IEnumerable<InteractionRequest>> read, Shop shop, List<FieldProblem> problems)
    {
        if (one.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new FieldProblem(FieldProblem.Body, "must be an object"));
            return [];
        }

        try
        {
            return [.. read(body, one, new FieldScope("", problems)).Select(interaction => shop.Validators.Interactions.Validate(interaction, fieldPrefix: "", problems)).OfType<NewInteraction>()];
        }
        catch (InvalidOperationException)
        {
            problems.Add(new FieldProblem(FieldProblem.Body, "holds text that is not valid Unicode"));
            return [];
        }
    }

    private static async Task<JsonDocument> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(request.Body, default, cancellationToken);
        }
        catch (JsonException)
        {
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, "is not JSON")]);
        }
    }

    /// <summary>Its own types, and plain JSON for what has its attributes in the headers.</summary>
    private sealed class CloudEventTypes : Microsoft.AspNetCore.Http.Metadata.IAcceptsMetadata
    {
        public IReadOnlyList<string> ContentTypes { get; } = ["application/json", CloudEvents.MediaType, CloudEvents.BatchMediaType];

        public Type? RequestType => typeof(JsonElement);

        public bool IsOptional => false;
    }
}
