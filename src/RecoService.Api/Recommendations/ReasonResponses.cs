using System.Text.Json;
using RecoService.Api.Shops;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Filtering;
using RecoService.Engine.Recommending.Reasons;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Api.Recommendations;

/// <param name="Code">Where most of the score comes from: `history`, `content`, `popular`, `trending`, `new`, `recent`, `buy-again`, `bought-together` or `similar`.</param>
/// <param name="Text">The same in a sentence, in the language of `Accept-Language` where there is one.</param>
/// <param name="Items">What speaks most for it, the most first; up to three.</param>
/// <param name="Rules">The merchant's rules that act on it, by id.</param>
internal sealed record ReasonResponse(string Code, string Text, IReadOnlyList<ReasonItemResponse> Items, IReadOnlyList<string> Rules)
{
    public static ReasonResponse Of(ServingState state, Shop shop, ListReason explained, string language)
    {
        var code = Sentences.CodeOf(explained.Reason.Code);
        var own = explained.Reason.Items;
        var items = own.Count == 0 ? [] : new ReasonItemResponse[own.Count];
        for (var position = 0; position < items.Length; position++)
            items[position] = new ReasonItemResponse(state.Items[own[position].ItemIndex], own[position].Share);
        var kind = explained.KindIndex is { } index ? shop.Settings.Kinds[index].Name : null;
        return new ReasonResponse(code, Sentences.Of(language, code, kind, own is [var first, ..] ? NameOf(state, first.ItemIndex) : null), items, explained.RuleIds);
    }

    /// <summary>As the serializer writes it, without what that allocates.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("code"u8, Code);
        json.WriteString("text"u8, Text);
        json.WriteStartArray("items"u8);
        for (var position = 0; position < Items.Count; position++)
        {
            json.WriteStartObject();
            json.WriteString("itemId"u8, Items[position].ItemId);
            json.WriteNumber("share"u8, Items[position].Share);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rules"u8);
        for (var position = 0; position < Rules.Count; position++)
            json.WriteStringValue(Rules[position]);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What a customer calls an item: its title, or its id where none is known.</summary>
    private static string NameOf(ServingState state, int itemIndex) => state.Catalogue.Columns.Titles.TextOf(itemIndex) ?? state.Items[itemIndex];
}

/// <param name="ItemId">An item of the user's history, or one that the request is about.</param>
/// <param name="Share">Its part of all that speaks for the item, above 0 up to 1.</param>
internal sealed record ReasonItemResponse(string ItemId, float Share);

/// <param name="UserId">As asked.</param>
/// <param name="ItemId">As asked.</param>
/// <param name="Placement">Where the list is shown.</param>
/// <param name="ModelVersion">The version that is served, or null before the first model.</param>
/// <param name="Shown">Whether the item is in the list.</param>
/// <param name="Position">Its place, from 1; null where it is not in the list.</param>
/// <param name="Score">Its source's score; null where no source knows it, or something keeps it out before.</param>
/// <param name="Source">What proposed it; null as the score is.</param>
/// <param name="KeptOutBy">What kept it out: `catalogue` (unavailable, hidden, deleted, or too little known), `consumed`, `excluded`, `filter`, `placement-filter`, `rule`, `group`, `below-the-list`, `no-source` or `not-given`; null where it is in the list.</param>
/// <param name="LastScore">The score of the last of the list, where that is of the same source; null otherwise.</param>
/// <param name="Other">The variant of the same article that is in the list; null where that is not the matter.</param>
/// <param name="Reason">What speaks for it; null where it is no candidate.</param>
/// <param name="Rules">The merchant's rules that act on it, by id.</param>
internal sealed record ExplanationResponse(
    string UserId, string ItemId, string Placement, int? ModelVersion, bool Shown, int? Position, float? Score, string? Source, string? KeptOutBy, float? LastScore, string? Other, ReasonResponse? Reason, IReadOnlyList<string> Rules)
{
    public static ExplanationResponse Of(ServingState state, Shop shop, RecommendationQuery query, string itemId, ItemExplanation explained, string language)
    {
        var keptOutBy = explained.Absence == Absence.None ? null : System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(explained.Absence.ToString());
        Candidate? last = explained is { Candidate: { } own, Last: { } end } && own.Source == end.Source ? end : null;
        return new ExplanationResponse(
            query.UserId!, itemId, query.Placement, state.ModelVersionOf(query), explained.Absence == Absence.None, explained.Position, explained.Candidate?.Score, explained.Candidate?.Source, keptOutBy, last?.Score,
            explained.OtherIndex is { } other ? state.Items[other] : null, explained.Reason is { } reason ? ReasonResponse.Of(state, shop, reason, language) : null, explained.RuleIds);
    }
}
