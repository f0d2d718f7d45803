using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecoService.Api.Wire;

/// <summary>How JSON is read at the edge: strictly, and with every fault told in the words of the wire.</summary>
internal static class WireJson
{
    private const int FieldLength = 120;
    private const int FirstBuffer = 4096;

    /// <summary>camelCase and case-sensitive; unknown and repeated members, NaN, numbers in strings and deep nesting are refused.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>Reads a request; null with the reason in <paramref name="problems"/> when it is not what it should be.</summary>
    public static async ValueTask<T?> ReadAsync<T>(Stream body, ICollection<FieldProblem> problems, CancellationToken ct)
        where T : class
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (await body.ReadAsync(buffer.AsMemory(length), ct) is > 0 and var read)
            {
                length += read;
                if (length < buffer.Length)
                    continue;
                var larger = ArrayPool<byte>.Shared.Rent(2 * length);
                buffer.AsSpan(0, length).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }

            var text = buffer.AsSpan(0, length);
            return Read<T>(text.StartsWith("\uFEFF"u8) ? text[3..] : text, problems);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static T? Read<T>(ReadOnlySpan<byte> utf8, ICollection<FieldProblem> problems)
        where T : class
    {
        try
        {
            if (JsonSerializer.Deserialize<T>(utf8, Options) is { } request)
                return request;
            problems.Add(new FieldProblem(FieldProblem.Body, "is null"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(ProblemOf<T>(e, utf8));
        }

        return null;
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static T? Convert<T>(JsonElement element, ICollection<FieldProblem> problems)
        where T : class => Read<T>(JsonMarshal.GetRawUtf8Value(element), problems);

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
    /// <param name="exception">Of the serializer, when it read the text as a <typeparamref name="T"/>.</param>
    /// <param name="utf8">The text.</param>
    public static FieldProblem ProblemOf<T>(Exception exception, ReadOnlySpan<byte> utf8) => JsonFaults.Find(utf8, Options.GetTypeInfo(typeof(T))) switch
    {
        { IsBehindTheEnd: true } fault => new FieldProblem(FieldProblem.Body, fault.Reason),
        var fault => new FieldProblem(FieldOf((exception as JsonException)?.Path), fault?.Reason ?? "is not what this field takes"),
    };

    /// <summary>The same of a fault in the syntax of a text, or in how deep it is nested.</summary>
    public static FieldProblem ProblemOf(JsonException syntax, ReadOnlySpan<byte> utf8, int maxDepth) => new(FieldOf(syntax.Path), JsonFaults.ReasonOf(utf8, maxDepth, syntax));

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.General);
        Configure(options);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static string FieldOf(string? path)
    {
        if (path is null or "" or "$")
            return FieldProblem.Body;
        var field = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path.TrimStart('$');
        return WireText.Escape(field, FieldLength);
    }

    /// <summary>A time without a zone would be read in the zone of whichever machine answers.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence && reader.ValueSequence.Length > 64)
                throw new JsonException();
            return reader.GetString() is { Length: <= 64 } text && TimeText.TryParseIso(text, zone: null, out var moment)
                ? moment
                : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime);
    }
}
