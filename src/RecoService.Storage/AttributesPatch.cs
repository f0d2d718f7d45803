using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecoService.Storage;

/// <summary>Changes to the attributes of a user or an item: JSON objects as compact text.</summary>
public static class AttributesPatch
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Applies a merge patch (RFC 7396): null removes, objects merge, anything else replaces. A patch that is null removes everything.</summary>
    public static string? Apply(string? stored, string? patch)
    {
        if (patch is null)
            return null;
        var merged = ObjectOf(stored);
        MergeInto(merged, ObjectOf(patch));
        return merged.ToJsonString(Compact);
    }

    /// <summary>The first attributes, and of the later ones what those lack or have as null.</summary>
    public static string? Fill(string? first, string? later)
    {
        if (first is null || later is null)
            return first ?? later;
        var filled = ObjectOf(first);
        foreach (var (name, value) in ObjectOf(later))
        {
            if (filled[name] is null)
                filled[name] = value?.DeepClone();
        }

        return filled.ToJsonString(Compact);
    }

    private static JsonObject ObjectOf(string? json) => (JsonNode.Parse(json ?? "{}") as JsonObject) ?? [];

    private static void MergeInto(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                target.Remove(name);
            }
            else if (value is JsonObject members)
            {
                if (target[name] is not JsonObject inner)
                    target[name] = inner = [];
                MergeInto(inner, members);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }
    }
}
