using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecoService.Api.Wire;

/// <summary>How JSON is read at the edge: strictly, and with every fault told in the words of the wire.</summary>
internal static class WireJson
{
    private const int FieldLength = 120;

    private static readonly (string Type, string Reason)[] Expectations =
    [
        ("System.Double", "must be a number"),
        ("System.Decimal", "must be a number within the range of a decimal"),
        ("System.Boolean", "must be true or false"),
        ("System.Guid", "must be a GUID, as 7d44ff0e-6f4c-4c37-9d3b-0f2f8f5fd2a1"),
        ("IReadOnlyList`1[System.String]", "must be an array of strings"),
        ("System.String", "must be a string"),
    ];

    /// <summary>camelCase and case-sensitive; unknown and repeated members, NaN, numbers in strings and deep nesting are refused.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Reads a request; null with the reason in <paramref name="problems"/> when it is not what it should be.</summary>
    public static async ValueTask<T?> ReadAsync<T>(Stream body, ICollection<FieldProblem> problems, CancellationToken ct)
        where T : class
    {
        try
        {
            return OrMissing(await JsonSerializer.DeserializeAsync<T>(body, Options, ct), problems);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(ProblemOf(e));
            return null;
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static T? Read<T>(ReadOnlySpan<byte> utf8, ICollection<FieldProblem> problems)
        where T : class
    {
        try
        {
            return OrMissing(JsonSerializer.Deserialize<T>(utf8, Options), problems);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(ProblemOf(e));
            return null;
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static T? Convert<T>(JsonElement element, ICollection<FieldProblem> problems)
        where T : class
    {
        try
        {
            return OrMissing(element.Deserialize<T>(Options), problems);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(ProblemOf(e));
            return null;
        }
    }

    /// <summary>Sets up any other options, ASP.NET Core's among them, in the same way.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.ReadCommentHandling = JsonCommentHandling.Disallow;
        options.AllowTrailingCommas = false;
        options.MaxDepth = 16;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcTimeConverter());
    }

    /// <summary>What a reader's exception means: the field as <c>[3].userId</c> and what would be right there.</summary>
    public static FieldProblem ProblemOf(Exception exception) => exception switch
    {
        JsonException json => new FieldProblem(FieldOf(json.Path), ReasonOf(json)),
        // The reader refuses unpaired surrogate escapes and broken UTF-8 only when a string is taken out.
        _ => new FieldProblem(FieldProblem.Body, "holds text that is not valid Unicode"),
    };

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static T? OrMissing<T>(T? request, ICollection<FieldProblem> problems)
        where T : class
    {
        if (request is null)
            problems.Add(new FieldProblem(FieldProblem.Body, "is null"));
        return request;
    }

    private static string FieldOf(string? path)
    {
        if (path is null or "" or "$")
            return FieldProblem.Body;
        var field = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');
        return WireText.Escape(field, FieldLength);
    }

    private static string ReasonOf(JsonException e)
    {
        var message = e.Message;
        if (e is WrongValueException)
            return message;
        if (e.InnerException is InvalidOperationException && IsUnicodeFault(e.InnerException.Message))
            return "holds text that is not valid Unicode";
        if (message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return "is not a known field";
        if (message.StartsWith("Duplicate property", StringComparison.Ordinal))
            return "stands twice";
        if (message.Contains("maximum configured depth", StringComparison.Ordinal))
            return "is nested too deeply";
        if (message.StartsWith("The JSON value could not be converted to ", StringComparison.Ordinal))
            return ExpectationOf(message);
        var place = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        return $"is not valid JSON at {place}";
    }

    private static bool IsUnicodeFault(string message) =>
        message.Contains("UTF-16", StringComparison.Ordinal) || message.Contains("UTF-8", StringComparison.Ordinal);

    private static string ExpectationOf(string message)
    {
        var type = message.Split(" Path: ")[0];
        foreach (var (name, reason) in Expectations)
        {
            if (type.Contains(name, StringComparison.Ordinal))
                return reason;
        }

        return type.Contains("[]", StringComparison.Ordinal) || type.Contains("List`1", StringComparison.Ordinal)
            ? "must be an array"
            : "must be an object";
    }

    /// <summary>A value of the right JSON type but not what the field takes; the message is the reason.</summary>
    private sealed class WrongValueException(string reason) : JsonException(reason);

    /// <summary>A time without a zone would be read in the zone of whichever machine answers.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        private const string Expected = "must be an ISO 8601 time with a zone, as 2026-03-01T12:00:00Z";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence && reader.ValueSequence.Length > 64)
                throw new WrongValueException(Expected);
            return reader.GetString() is { Length: <= 64 } text && TimeText.TryParseIso(text, zone: null, out var moment)
                ? moment
                : throw new WrongValueException(Expected);
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}
