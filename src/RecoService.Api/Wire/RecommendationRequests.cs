using System.Text.Json;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Wire;

/// <summary>What somebody whom the shop does not know has done just now.</summary>
internal sealed record SessionRequest
{
    /// <summary>What they did, the oldest first; 1 to 1,000.</summary>
    public IReadOnlyList<SessionInteractionRequest?>? Interactions { get; init; }

    /// <summary>The most items of the list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }

    /// <summary>Whether items of the interactions may come back in the list; false when left out. What was bought or rated never does.</summary>
    /// <example>false</example>
    public bool? IncludeContext { get; init; }
}

/// <summary>An interaction of a session. It is used for this list and not stored.</summary>
internal sealed record SessionInteractionRequest
{
    /// <summary>The item's id in your shop. One that is not known says nothing.</summary>
    /// <example>item-0042</example>
    public string? ItemId { get; init; }

    /// <summary>One of the configured kinds: view, click, add-to-cart, purchase, like, rating, dislike, return, remove-from-cart.</summary>
    /// <example>click</example>
    public string? Kind { get; init; }

    /// <summary>The rating on the configured scale (0.5 to 5 by default). Needed for kind rating.</summary>
    public double? Value { get; init; }

    /// <summary>When it happened, ISO 8601 with a time zone; just after the one before, when left out.</summary>
    public DateTimeOffset? OccurredAt { get; init; }
}

/// <summary>For whom, and about what, lists are made. A user or interactions, not both; without either the list is for somebody of whom nothing is known.</summary>
internal abstract record AudienceRequest
{
    /// <summary>The user's id in your shop. One that nobody has heard of gets what everybody likes.</summary>
    /// <example>user-0001</example>
    public string? UserId { get; init; }

    /// <summary>What somebody without a user id did, the oldest first; 1 to 1,000. They are used for this answer and not stored.</summary>
    public IReadOnlyList<SessionInteractionRequest?>? Interactions { get; init; }

    /// <summary>The item that the page is about; needed by the placements similar and bought-together. No list holds it.</summary>
    /// <example>item-0001</example>
    public string? ItemId { get; init; }

    /// <summary>Items that the page is about, as those of a basket, up to 1,000; needed by the placement basket. No list holds them, and those that nobody knows say nothing.</summary>
    public IReadOnlyList<string?>? ItemIds { get; init; }

    /// <summary>Items that no list may hold, as those that the page shows already; up to 1,000.</summary>
    public IReadOnlyList<string?>? Exclude { get; init; }

    /// <summary>Whether lists may hold what the user has consumed; when left out, recently-viewed, buy-again, similar and bought-together do and the others do not.</summary>
    /// <example>false</example>
    public bool? AllowConsumed { get; init; }

    /// <summary>Whether each item says why it is in its list; false when left out.</summary>
    /// <example>true</example>
    public bool? Explain { get; init; }

    /// <summary>Fields of the items that stand beside their ids as `item`, up to 20: title, imageUrl, price, salePrice, currency, categories, addedAt, groupId, and attributes.NAME.</summary>
    public IReadOnlyList<string?>? Include { get; init; }

    /// <summary>Of what a placement with variety draws by chance: the same gives the same list, as the number of the day; 0 when left out.</summary>
    /// <example>7</example>
    public int? Seed { get; init; }

    /// <summary>What else is known of the request, as `{ "device": "phone", "country": "DE", "hour": 20 }`: up to 20 texts, numbers and flags. Filters speak of them as `context.device`.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Context { get; init; }
}

/// <summary>What asks for one list, in full or in short.</summary>
internal interface IListRequest
{
    /// <summary>The same in full.</summary>
    ListRequest ToList();
}

/// <summary>One list of a placement.</summary>
internal sealed record ListRequest : AudienceRequest, IListRequest
{
    /// <summary>`next` of the page before, with a request that is otherwise the same; left out for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>What fills up a list that is shorter than its limit: none, popular (what most users are for, under the same filter) or relax (the same placement without the filter); none when left out. The answer says what was done.</summary>
    /// <example>popular</example>
    public string? Fallback { get; init; }

    /// <summary>What items have to be, as `price &lt; 50 and category = "Lamps"`; up to 4,096 characters. docs/filters.md has the language.</summary>
    /// <example>price &lt; 100</example>
    public string? Filter { get; init; }

    /// <summary>Where it is shown: home, similar, bought-together, basket, rank, popular, trending, new-arrivals, recently-viewed, buy-again, on-sale or one of the settings; home when left out.</summary>
    /// <example>new-arrivals</example>
    public string? Placement { get; init; }

    /// <summary>The most items of the list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }

    public ListRequest ToList() => this;
}

/// <summary>What a basket holds.</summary>
internal sealed record BasketRequest : IListRequest
{
    /// <summary>The user's id in your shop, whose own list stands behind what goes with the basket; left out for a visitor.</summary>
    /// <example>user-0001</example>
    public string? UserId { get; init; }

    /// <summary>The items of the basket, 1 to 1,000; those that nobody knows say nothing.</summary>
    public IReadOnlyList<string?>? ItemIds { get; init; }

    /// <summary>The most items of the list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }

    /// <summary>Fields of the items that stand beside their ids as `item`, up to 20: title, imageUrl, price, salePrice, currency, categories, addedAt, groupId, and attributes.NAME.</summary>
    public IReadOnlyList<string?>? Include { get; init; }

    /// <summary>Whether each item says why it is in the list; false when left out.</summary>
    /// <example>true</example>
    public bool? Explain { get; init; }

    public ListRequest ToList() => new() { UserId = UserId, ItemIds = ItemIds, Limit = Limit, Include = Include, Explain = Explain, Placement = Placement.BasketName };
}

/// <summary>Items to be ordered for somebody.</summary>
internal sealed record RankRequest : IListRequest
{
    /// <summary>The user's id in your shop; one that nobody has heard of gets the order of what sells.</summary>
    /// <example>user-0001</example>
    public string? UserId { get; init; }

    /// <summary>What somebody without a user id did, the oldest first; 1 to 1,000. They are used for this answer and not stored.</summary>
    public IReadOnlyList<SessionInteractionRequest?>? Interactions { get; init; }

    /// <summary>The items, 1 to 1,000. One that is named twice is answered once.</summary>
    public IReadOnlyList<string?>? ItemIds { get; init; }

    /// <summary>Fields of the items that stand beside their ids as `item`, up to 20: title, imageUrl, price, salePrice, currency, categories, addedAt, groupId, and attributes.NAME.</summary>
    public IReadOnlyList<string?>? Include { get; init; }

    public ListRequest ToList() => new() { UserId = UserId, Interactions = Interactions, ItemIds = ItemIds, Include = Include, Placement = Placement.RankName };
}

/// <summary>Items of which it is asked how probable it is that somebody clicks and buys them.</summary>
internal sealed record PredictRequest : IListRequest
{
    /// <summary>The user's id in your shop; left out for nobody in particular.</summary>
    /// <example>user-0001</example>
    public string? UserId { get; init; }

    /// <summary>What else is known of the request, as the lists have it, as `{ "device": "phone" }`: up to 20 texts, numbers and flags. The commonest values of the lists change the probabilities.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Context { get; init; }

    /// <summary>The items, 1 to 1,000. One that is named twice is answered once.</summary>
    public IReadOnlyList<string?>? ItemIds { get; init; }

    public ListRequest ToList() => new() { UserId = UserId, Context = Context, ItemIds = ItemIds, Placement = Placement.RankName };
}

/// <summary>All lists of a page.</summary>
internal sealed record PageRequest : AudienceRequest
{
    /// <summary>1 to 20 lists, in the order of the page: no item stands in two of them, and the earlier list keeps it.</summary>
    public IReadOnlyList<PageListRequest?>? Lists { get; init; }
}

/// <summary>A list of a page.</summary>
internal sealed record PageListRequest
{
    /// <summary>What fills up a list that is shorter than its limit: none, popular (what most users are for, under the same filter) or relax (the same placement without the filter); none when left out. The answer says what was done.</summary>
    /// <example>popular</example>
    public string? Fallback { get; init; }

    /// <summary>What items have to be, as `price &lt; 50 and category = "Lamps"`; up to 4,096 characters. docs/filters.md has the language.</summary>
    /// <example>price &lt; 100</example>
    public string? Filter { get; init; }

    /// <summary>Where it is shown: home, similar, bought-together, basket, rank, popular, trending, new-arrivals, recently-viewed, buy-again, on-sale or one of the settings.</summary>
    /// <example>home</example>
    public string? Placement { get; init; }

    /// <summary>The most items of the list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }
}

/// <summary>For whom lists are made at once.</summary>
internal sealed record BatchRequest
{
    /// <summary>1 to 10,000 user ids. One that nobody has heard of gets popular items; one that is named more than once is answered once.</summary>
    public IReadOnlyList<string?>? UserIds { get; init; }

    /// <summary>The most items of each list, 1 to 200; 20 when left out.</summary>
    /// <example>10</example>
    public int? Limit { get; init; }
}
