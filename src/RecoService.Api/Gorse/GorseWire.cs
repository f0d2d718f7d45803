using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RecoService.Api.Http;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Gorse;

/// <summary>JSON, times, numbers and durations as Gorse's clients write and read them: names in PascalCase, any case on the way in, and unknown names passed over.</summary>
internal static class GorseWire
{
    public const int DefaultCount = 10;

    /// <summary>A time in Go that nobody has set.</summary>
    private const string GoZero = "0001-01-01T00:00:00";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNameCaseInsensitive = true,
        PropertyNamingPolicy = null,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly TimeReader Times = new(new TimeRules(TimeZoneInfo.Utc, Format: null, Unit: null, Origin: default, Decimal: default));

    public static IResult Of<T>(T value) => TypedResults.Json(value, Json);

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Json);

    /// <exception cref="JsonException">It is not what it must be.</exception>
    public static T Read<T>(JsonElement record)
        where T : class => record.Deserialize<T>(Json)!;

    /// <summary>Reads a body, whatever its content type says, as Gorse does.</summary>
    /// <exception cref="InvalidRequestException">It is not what it must be.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json, request.HttpContext.RequestAborted) ?? throw Fault(FieldProblem.Body, "must not be null");
        }
        catch (JsonException exception)
        {
            throw Fault(FieldProblem.Body, exception.Path is { Length: > 1 } path ? $"is not what it must be at {path}" : "is not the JSON that this call takes");
        }
    }

    /// <summary>Reads an array of which no entry is null.</summary>
    /// <exception cref="InvalidRequestException">It is not what it must be.</exception>
    public static async Task<IReadOnlyList<T>> ReadManyAsync<T>(HttpRequest request)
        where T : class
    {
        var entries = await ReadAsync<T?[]>(request);
        return entries.Contains(null) ? throw Fault(FieldProblem.Body, "holds a null") : [.. entries.OfType<T>()];
    }

    /// <summary>A count of the query, such as <c>n</c>; a larger one than <paramref name="most"/> is that.</summary>
    /// <exception cref="InvalidRequestException">It is no count.</exception>
    public static int CountOf(HttpRequest request, string name, int otherwise, int most)
    {
        if (request.Query[name] is not [{ Length: > 0 } text, ..])
            return otherwise;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= 0
            ? Math.Min(count, most)
            : throw Fault(name, $"{WireText.Quote(text)} is no number of 0 or more");
    }

    /// <summary>A time in any format that can be read in one way only; null where nothing is said, which Go writes as the year 1.</summary>
    public static DateTimeOffset? TimeOf(FieldScope fields, string? text)
    {
        if (string.IsNullOrEmpty(text) || text.StartsWith(GoZero, StringComparison.Ordinal))
            return null;
        if (Times.TryRead(new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(text)), out var moment, out var reason))
            return moment;
        fields.Add("Timestamp", $"{WireText.Quote(text)} {reason}");
        return null;
    }

    /// <summary>A duration as Go writes one, such as <c>1h30m</c> or <c>500ms</c>.</summary>
    /// <exception cref="InvalidRequestException">It is none.</exception>
    public static TimeSpan DurationOf(HttpRequest request, string name)
    {
        if (request.Query[name] is not [{ Length: > 0 } text, ..])
            return TimeSpan.Zero;
        return GoDuration.TryParse(text, out var duration) ? duration : throw Fault(name, $"{WireText.Quote(text)} is no duration such as 10m or 1h30m");
    }

    public static InvalidRequestException Fault(string field, string reason) => new([new FieldProblem(field, reason)]);
}
