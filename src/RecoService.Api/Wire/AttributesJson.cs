using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RecoService.Api.Importing.Values;
using RecoService.Storage;

namespace RecoService.Api.Wire;

/// <summary>The free attributes of items and users: a JSON object within limits, kept as compact text.</summary>
internal static class AttributesJson
{
    private const string Field = "attributes";
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null when there are none, or a fault, which is added.</summary>
    public static string? Read(FieldScope fields, JsonElement? attributes, WireLimits limits)
    {
        if (attributes is not { ValueKind: not JsonValueKind.Null and not JsonValueKind.Undefined } element)
            return null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            fields.Add(Field, "must be a JSON object");
            return null;
        }

        if (Fault(element, limits.AttributesDepth) is { } reason)
        {
            fields.Add(Field, reason);
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact))
            element.WriteTo(writer);
        if (buffer.Length > limits.AttributesBytes)
        {
            fields.Add(Field, TooLong(buffer.Length, limits));
            return null;
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>RFC 7396: null removes, objects merge, anything else replaces.</summary>
    /// <exception cref="InvalidRequestException">The result outgrows the limits.</exception>
    public static string? Merge(string? stored, string? patch, WireLimits limits)
    {
        if (patch is null)
            return null;
        var json = AttributesPatch.Apply(stored, patch)!;
        var length = Encoding.UTF8.GetByteCount(json);
        return length <= limits.AttributesBytes
            ? json
            : throw new InvalidRequestException([new FieldProblem(Field, TooLong(length, limits))]);
    }

    /// <summary>The stored attributes, with those of <paramref name="more"/> that they lack; as they are where both together outgrow the limits.</summary>
    public static string? Fill(string? stored, string? more, WireLimits limits)
    {
        var filled = AttributesPatch.Fill(stored, more);
        return filled is null || Encoding.UTF8.GetByteCount(filled) <= limits.AttributesBytes ? filled : stored;
    }

    /// <summary>Every store must be able to keep it: no U+0000, whole characters, numbers a double can hold.</summary>
    private static string? Fault(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth == 0:
                return "is nested too deeply";
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if ((TextFault(() => member.Name) ?? Fault(member.Value, depth - 1)) is { } reason)
                        return reason;
                }

                return null;
            case JsonValueKind.Array:
                foreach (var entry in element.EnumerateArray())
                {
                    if (Fault(entry, depth - 1) is { } reason)
                        return reason;
                }

                return null;
            case JsonValueKind.String:
                return TextFault(() => element.GetString()!);
            case JsonValueKind.Number:
                return element.TryGetDouble(out var number) && double.IsFinite(number) ? null : "holds a number beyond the range of a double";
            default:
                return null;
        }
    }

    private static string? TextFault(Func<string> read)
    {
        try
        {
            return WireText.CharacterProblem(read(), multiline: true);
        }
        catch (InvalidOperationException)
        {
            return "holds an unpaired surrogate";
        }
    }

    private static string TooLong(long length, WireLimits limits) => $"has {length} bytes of JSON; at most {limits.AttributesBytes} are allowed";
}
