using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecoService.Api.Gorse;

/// <summary>
/// Labels as attributes, and back. The members of an object become attributes, which models and filters read; anything else is the attribute <c>labels</c>. A user's
/// comment is an attribute, too, for users have no title.
/// </summary>
internal static class GorseLabels
{
    private const string LabelsName = "labels";
    private const string CommentName = "gorseComment";

    /// <summary>Null for none.</summary>
    public static JsonElement? ToAttributes(JsonElement? labels, string? comment = null)
    {
        var attributes = labels switch
        {
            { ValueKind: JsonValueKind.Object } members => JsonObject.Create(members.Clone())!,
            null or { ValueKind: JsonValueKind.Null } => [],
            { } other => new JsonObject { [LabelsName] = JsonNode.Parse(other.GetRawText()) },
        };
        if (!string.IsNullOrEmpty(comment))
            attributes[CommentName] = comment;
        return attributes.Count == 0 ? null : JsonSerializer.SerializeToElement(attributes);
    }

    /// <param name="attributesJson">As stored.</param>
    public static (JsonElement? Labels, string Comment) Of(string? attributesJson)
    {
        if (attributesJson is null || JsonNode.Parse(attributesJson) is not JsonObject attributes)
            return (null, "");
        var comment = attributes[CommentName] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
        attributes.Remove(CommentName);
        if (attributes.Count == 0)
            return (null, comment);
        var only = attributes.Count == 1 && attributes[LabelsName] is { } labels and not JsonObject ? labels : attributes;
        return (JsonSerializer.SerializeToElement(only), comment);
    }
}
