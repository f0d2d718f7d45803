using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RecoService.Api.Wire;

/// <summary>
/// Says in the words of the wire what is wrong with a JSON text that the serializer refused. It walks the text beside the contract of the type, in the order of the
/// text, and stops at the first fault. The messages of the serializer are for developers and may change with any version, so nothing is read from them.
/// </summary>
internal static class JsonFaults
{
    private const string BrokenUnicode = "holds text that is not valid Unicode";
    private const string TooDeep = "is nested too deeply";

    private static readonly Dictionary<Type, string> Expected = new()
    {
        [typeof(string)] = "must be a string",
        [typeof(double)] = "must be a number",
        [typeof(decimal)] = "must be a number within the range of a decimal",
        [typeof(int)] = "must be a whole number",
        [typeof(bool)] = "must be true or false",
        [typeof(Guid)] = "must be a GUID, as 7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1",
        [typeof(DateTimeOffset)] = "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z",
    };

    /// <summary>The first fault of a text as a value of a type; null when the walk finds none.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="type">The contract of what was expected.</param>
    /// <returns>What is wrong, and whether it stands behind the end of the value.</returns>
    public static (string Reason, bool IsBehindTheEnd)? Find(ReadOnlySpan<byte> utf8, JsonTypeInfo type)
    {
        var isBehindTheEnd = false;
        var maxDepth = type.Options.MaxDepth;
        // One level more than is allowed, so that the walk sees the depth before the reader refuses it.
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        try
        {
            reader.Read();
            if (FaultOf(ref reader, type, maxDepth) is { } fault)
                return (fault, false);
            isBehindTheEnd = true;
            reader.Read();
            return null;
        }
        catch (JsonException exception)
        {
            return (ReasonOf(exception), isBehindTheEnd);
        }
        catch (InvalidOperationException)
        {
            // The reader refuses unpaired surrogate escapes and broken UTF-8 only when a string is taken out.
            return (BrokenUnicode, false);
        }
    }

    /// <summary>What is wrong with a text that was refused before it was held against any type: it is nested too deeply, or its syntax is wrong.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="maxDepth">How deep objects and arrays may stand in each other.</param>
    /// <param name="syntax">Why it was refused.</param>
    public static string ReasonOf(ReadOnlySpan<byte> utf8, int maxDepth, JsonException syntax)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth >= maxDepth)
                    return TooDeep;
            }
        }
        catch (JsonException exception)
        {
            return ReasonOf(exception);
        }

        return ReasonOf(syntax);
    }

    private static string ReasonOf(JsonException syntax) =>
        string.Create(CultureInfo.InvariantCulture, $"is not valid JSON at line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1}");

    /// <param name="reader">At the first token of the value; afterwards at its last, when there is no fault.</param>
    /// <param name="type">What is expected.</param>
    /// <param name="maxDepth">How deep objects and arrays may stand in each other.</param>
    private static string? FaultOf(ref Utf8JsonReader reader, JsonTypeInfo type, int maxDepth)
    {
        if (reader.TokenType == JsonTokenType.Null && (!type.Type.IsValueType || Nullable.GetUnderlyingType(type.Type) is not null))
            return null;
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => ObjectFaultOf(ref reader, type, maxDepth),
            JsonTypeInfoKind.Enumerable => ArrayFaultOf(ref reader, type, maxDepth),
            _ when Expected.TryGetValue(Nullable.GetUnderlyingType(type.Type) ?? type.Type, out var expected) => IsValue(ref reader, type) ? null : expected,
            _ => AnyFaultOf(ref reader, maxDepth),
        };
    }

    private static string? ObjectFaultOf(ref Utf8JsonReader reader, JsonTypeInfo type, int maxDepth)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            return "must be an object";
        if (reader.CurrentDepth >= maxDepth)
            return TooDeep;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (type.Properties.FirstOrDefault(property => property.Name == name) is not { } member)
                return "is not a known field";
            if (!seen.Add(name))
                return "stands twice";
            reader.Read();
            if (FaultOf(ref reader, type.Options.GetTypeInfo(member.PropertyType), maxDepth) is { } fault)
                return fault;
        }

        return null;
    }

    private static string? ArrayFaultOf(ref Utf8JsonReader reader, JsonTypeInfo type, int maxDepth)
    {
        var element = type.Options.GetTypeInfo(type.ElementType!);
        if (reader.TokenType != JsonTokenType.StartArray)
            return element.Type == typeof(string) ? "must be an array of strings" : "must be an array";
        if (reader.CurrentDepth >= maxDepth)
            return TooDeep;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (FaultOf(ref reader, element, maxDepth) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>Any value will do; its texts are read, and its depth is.</summary>
    private static string? AnyFaultOf(ref Utf8JsonReader reader, int maxDepth)
    {
        var (outside, names) = (reader.CurrentDepth, new Stack<HashSet<string>>());
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= maxDepth:
                    return TooDeep;
                case JsonTokenType.StartObject:
                    names.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    names.Pop();
                    break;
                case JsonTokenType.PropertyName when !names.Peek().Add(reader.GetString()!):
                    return "stands twice";
                case JsonTokenType.String:
                    reader.GetString();
                    break;
            }
        }
        while ((reader.CurrentDepth > outside || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
        return null;
    }

    private static bool IsValue(ref Utf8JsonReader reader, JsonTypeInfo type)
    {
        if (reader.TokenType == JsonTokenType.String)
            reader.GetString();
        var value = reader;
        try
        {
            return JsonSerializer.Deserialize(ref value, type) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
