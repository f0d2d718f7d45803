using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;
using RecoService.Storage;

namespace RecoService.Api.Recommendations;

/// <param name="Placement">Where the list is shown.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that made the list: the published one, or that of a variant; null before the first model.</param>
/// <param name="Fallback">What filled the list up: `popular` or `relax`; null where nothing did.</param>
/// <param name="Items">Best first; what filled the list up stands last.</param>
/// <param name="Next">Send it as `cursor` with the same request for the next page, which repeats nothing; null at the end.</param>
internal sealed record PlacementListResponse(string Placement, Guid RecommendationId, int? ModelVersion, string? Fallback, IReadOnlyList<RecommendedItem> Items, string? Next);

/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Lists">In the order asked.</param>
internal sealed record PageListsResponse(int? ModelVersion, IReadOnlyList<PageList> Lists);

/// <param name="Placement">Where the list is shown.</param>
/// <param name="RecommendationId">Names this list; send it with the interactions that follow from it.</param>
/// <param name="Fallback">What filled the list up: `popular` or `relax`; null where nothing did.</param>
/// <param name="Items">Best first; none of an earlier list.</param>
internal sealed record PageList(string Placement, Guid RecommendationId, string? Fallback, IReadOnlyList<RecommendedItem> Items);

/// <param name="RecommendationId">Names this order; send it with the interactions that follow from it.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Items">Every item asked for, best first; those that nobody knows at the end, in the order asked.</param>
internal sealed record RankResponse(Guid RecommendationId, int? ModelVersion, IReadOnlyList<RankedItem> Items);

/// <param name="ItemId">The item.</param>
/// <param name="Score">The source's own score; null of an item that nobody knows.</param>
/// <param name="Source">What gave the score: a trainer's name, or <c>catalogue</c>; null of an item that nobody knows.</param>
/// <param name="IsKnown">False of an item that the service has not heard of, or that was deleted.</param>
internal sealed record RankedItem(string ItemId, float? Score, string? Source, bool IsKnown)
{
    /// <summary>Its fields, where the request asks for some and it is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Shape(typeof(IncludedItemResponse))]
    public IncludedItem? Item { get; init; }
}

/// <summary>Answers what a page asks for, from one state of the shop, and takes down what is shown.</summary>
/// <param name="limits">How much a request may hold.</param>
/// <param name="wireLimits">How long an id may be.</param>
/// <param name="metrics">Counts lists.</param>
/// <param name="time">Says when a list is shown.</param>
internal sealed class PlacementAnswers(LimitSettings limits, WireLimits wireLimits, RecoMetrics metrics, TimeProvider time)
{
    private const int TagBytes = 12;

    /// <summary>What reads a request that is asked now, against the state that its list comes from.</summary>
    public PlacementRequests RequestsTo(Shop shop, HttpRequest? request = null) => RequestsTo(shop, shop.Serving.Snapshots.State, request);

    /// <summary>The same for a call that has read the state already: a filter of one state means nothing in another.</summary>
    public PlacementRequests RequestsTo(Shop shop, ServingState state, HttpRequest? request = null) => new(
        state, shop.Serving.ActiveRules.Current, shop.Serving.ActiveExperiments.Current, shop.Validators, limits, wireLimits, time.GetUtcNow(), time.GetTimestamp(), request?.Headers);

    /// <summary>A list that somebody sees.</summary>
    /// <returns>Null when the list is about an item that is not in the catalogue.</returns>
    public PlacementListResponse? Answer(Shop shop, PlacementRequests requests, RecommendationQuery query)
    {
        var list = Make(shop, requests, query);
        if (list is not null)
            CountAsSeen(shop, requests, query, list);
        return list;
    }

    /// <summary>A list that nobody has seen yet.</summary>
    /// <returns>Null when the list is about an item that is not in the catalogue.</returns>
    public static PlacementListResponse? Make(Shop shop, PlacementRequests requests, RecommendationQuery query)
    {
        if (IsOfNoItem(requests.State, query))
            return null;
        var list = Make(shop, requests, query, out var candidates);
        var next = requests.State.Placements[query.Placement].Subject == PlacementSubject.GivenItems ? null : ListCursor.After(requests.State, query.Shown, candidates, query.Limit);
        return new PlacementListResponse(list.Placement, list.RecommendationId, requests.State.ModelVersionOf(query), list.Fallback, list.Items, next);
    }

    /// <summary>Takes down that a list is shown.</summary>
    public void CountAsSeen(Shop shop, PlacementRequests requests, RecommendationQuery query, PlacementListResponse list)
    {
        Enqueue(shop, requests, query, list.RecommendationId, list.Items, requests.StartedAt);
        metrics.ListServed();
    }

    /// <summary>Given items in order, and behind them those that nobody knows.</summary>
    public RankResponse Rank(Shop shop, PlacementRequests requests, RecommendationQuery query)
    {
        var list = Answer(shop, requests, query)!;
        var ranked = list.Items.Select(item => new RankedItem(item.ItemId, item.Score, item.Source, IsKnown: true) { Item = item.Item }).ToList();
        var known = ranked.Select(item => item.ItemId).ToHashSet(StringComparer.Ordinal);
        ranked.AddRange(query.ItemIds.Distinct(StringComparer.Ordinal).Where(itemId => !known.Contains(itemId)).Select(itemId => new RankedItem(itemId, null, null, IsKnown: false)));
        return new RankResponse(list.RecommendationId, list.ModelVersion, ranked);
    }

    /// <summary>The lists of a page, of which none holds an item of an earlier one.</summary>
    /// <returns>Null when a list is about an item that is not in the catalogue.</returns>
    public PageListsResponse? AnswerPage(Shop shop, PlacementRequests requests, IReadOnlyList<RecommendationQuery> queries)
    {
        if (queries.Any(query => IsOfNoItem(requests.State, query)))
            return null;
        var shown = new List<string>(queries[0].Excluded);
        var lists = new PageList[queries.Count];
        for (var position = 0; position < lists.Length; position++)
        {
            var startedAt = time.GetTimestamp();
            lists[position] = Make(shop, requests, queries[position] with { Excluded = shown }, out _);
            Enqueue(shop, requests, queries[position], lists[position].RecommendationId, lists[position].Items, startedAt);
            shown.AddRange(lists[position].Items.Select(item => item.ItemId));
        }

        metrics.ListsServed(lists.Length);
        return new PageListsResponse(requests.State.ModelVersion, lists);
    }

    /// <summary>A tag of what a list shows, which is the same as long as it shows the same.</summary>
    public static EntityTagHeaderValue TagOf(int? modelVersion, string? fallback, IReadOnlyList<RecommendedItem> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, modelVersion ?? 0);
        hash.AppendData(number);
        hash.AppendData(Encoding.UTF8.GetBytes(fallback ?? ""));
        foreach (var item in items)
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, item.Score);
            hash.AppendData(number);
            // Ids hold no control characters, so a line per item cannot be mistaken.
            hash.AppendData(Encoding.UTF8.GetBytes($"{item.ItemId}\n{item.Source}\n"));
            if (item.Item is not null || item.Reasons is not null)
                hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(item, WireJson.Options));
        }

        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, TagBytes))}\"", isWeak: true);
    }

    private static bool IsOfNoItem(ServingState state, RecommendationQuery query) =>
        state.Placements[query.Placement].Subject == PlacementSubject.Item && !state.TryGetItem(query.ItemId, out _);

    private static PageList Make(Shop shop, PlacementRequests requests, RecommendationQuery query, out List<Candidate> candidates)
    {
        var state = requests.State;
        var recommendationId = Guid.CreateVersion7(requests.Now);
        query = WithDraws(state, query, recommendationId);
        (candidates, var used) = state.RecommendFilled(query);
        var items = ItemsOf(shop, requests, query, candidates);
        var fallback = used == ListFallback.None ? null : PlacementSettings.Fallbacks.First(pair => pair.Value == used).Key;
        return new PageList(query.Placement, recommendationId, fallback, items);
    }

    /// <summary>The same query with what its places draw by, where the placement explores: the request's seed, or else the random part of the list's id, which is new for every list.</summary>
    public static RecommendationQuery WithDraws(ServingState state, RecommendationQuery query, Guid recommendationId)
    {
        if (query.ExplorationSeed is not null || (state.PlacementOf(query).Order.Exploration is null && query.Assigned?.Interleaving is null))
            return query;
        Span<byte> bytes = stackalloc byte[16];
        recommendationId.TryWriteBytes(bytes);
        return query with { ExplorationSeed = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]) };
    }

    /// <summary>The items of a list, with what the request wants to know of them.</summary>
    public static RecommendedItem[] ItemsOf(Shop shop, PlacementRequests requests, RecommendationQuery query, List<Candidate> candidates)
    {
        var items = RecommendedItem.Of(requests.State, candidates, requests.Included);
        if (!requests.Explains)
            return items;
        var reasons = requests.State.Explain(query, candidates);
        for (var position = 0; position < items.Length; position++)
            items[position] = items[position] with { Reasons = ReasonResponse.Of(requests.State, shop, reasons[position], requests.Language) };
        return items;
    }

    private static void Enqueue(Shop shop, PlacementRequests requests, RecommendationQuery query, Guid recommendationId, IReadOnlyList<RecommendedItem> items, long startedAt)
    {
        var placement = requests.State.PlacementOf(query);
        var itemIds = new string[items.Count];
        for (var position = 0; position < itemIds.Length; position++)
            itemIds[position] = items[position].ItemId;
        shop.Serving.Impressions.Enqueue(
            requests.State, placement, recommendationId, query.UserId ?? Impression.NoUser, requests.Now, itemIds, RecommendedItem.SourcesOf(items),
            RecommendedItem.PropensitiesOf(placement, query, items), RecommendedItem.VariantsOf(query, items), query, startedAt, RecommendedItem.FallbacksIn(items), requests.ContextJson);
    }
}
