using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Importing.Guessing;
using RecoService.Api.Wire;

namespace RecoService.Api.Ingesting;

/// <summary>An event as another system sends it, and the interactions that it stands for.</summary>
/// <param name="Field">Where it stands in the body.</param>
/// <param name="Interactions">One per item; none where it says nothing of items, and is passed over.</param>
/// <param name="Problems">What is wrong with it; the interactions count for nothing then.</param>
internal sealed record ForeignEvent(string Field, IReadOnlyList<InteractionRequest> Interactions, IReadOnlyList<FieldProblem> Problems)
{
    /// <summary>The kind that an event's name stands for; null of one that is none, such as a page view.</summary>
    public static string? KindOf(string? name) => name is null ? null : Synonyms.Kinds.GetValueOrDefault(Synonyms.Normalize(name));

    /// <summary>An id of one's own for each item of an event, so that it may be sent twice; the same as in an import of the event. Null where the event has none.</summary>
    public static string? IdOf(string? eventId, string? itemId)
    {
        if (eventId is null)
            return null;
        var id = $"{Escape(eventId)}|{Escape(itemId ?? "")}";
        return id.Length <= ExternalId.DefaultMaxLength ? id : DumpRecords.IdOf("event", eventId, itemId);

        static string Escape(string part) => part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>The list that an event names, where its name is one of this service.</summary>
    public static Guid? ListOf(JsonElement properties) =>
        Guid.TryParse(properties.Member("recommendationId", "recommendation_id").AsText(), out var list) ? list : null;

    /// <summary>A price that can be one.</summary>
    public static decimal? PriceOf(JsonElement value, FieldScope fields, string name) => value.AsNumber(fields, name) is >= 0 and < 1e12 and { } price ? (decimal)price : null;
}
