using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Storage;

/// <summary>Reads stored attributes: a JSON object whose members are texts, numbers, flags or lists of these. A member that is null or nested deeper says nothing. Not thread-safe.</summary>
internal sealed class AttributesReader
{
    /// <summary>Names that are kept, so that a million items have one string for each.</summary>
    private const int MostNames = 1000;

    private const int LongestKeptName = 128;

    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly List<ItemAttribute> found = [];
    private readonly List<string> list = [];

    /// <param name="json">UTF-8.</param>
    /// <returns>What can be read of it, in its order.</returns>
    public ItemAttribute[] Read(ReadOnlySpan<byte> json)
    {
        found.Clear();
        var reader = new Utf8JsonReader(json);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                ReadMembers(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Nothing that this service stores; whoever did is not to keep the shop from being served.
        }

        return [.. found];
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte})"/>
    /// <param name="json">Null for no attributes.</param>
    public ItemAttribute[] Read(string? json) => json is null ? [] : Read(Encoding.UTF8.GetBytes(json));

    /// <param name="json">A UTF-8 JSON array of strings.</param>
    public string[] ReadTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.StartArray ? ReadList(ref reader) : [];
    }

    /// <summary>One <c>name=value</c> per value; of a list, one per entry.</summary>
    public static List<string> TermsOf(IEnumerable<ItemAttribute> attributes)
    {
        var terms = new List<string>();
        foreach (var attribute in attributes)
        {
            if (attribute.Type == ColumnType.List)
                terms.AddRange(attribute.List.Select(entry => $"{attribute.Name}={entry}"));
            else
                terms.Add(string.Create(CultureInfo.InvariantCulture, $"{attribute.Name}={ValueOf(attribute)}"));
        }

        return terms;
    }

    private static object ValueOf(in ItemAttribute attribute) => attribute.Type switch
    {
        ColumnType.Text => attribute.Text,
        ColumnType.Number => attribute.Number,
        _ => attribute.Flag,
    };

    private void ReadMembers(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    found.Add(ItemAttribute.Of(name, reader.GetString()!));
                    break;
                case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number):
                    found.Add(ItemAttribute.Of(name, number));
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    found.Add(ItemAttribute.Of(name, reader.GetBoolean()));
                    break;
                case JsonTokenType.StartArray:
                    found.Add(ItemAttribute.Of(name, ReadList(ref reader)));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private string[] ReadList(ref Utf8JsonReader reader)
    {
        list.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    list.Add(reader.GetString()!);
                    break;
                case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number):
                    list.Add(number.ToString(CultureInfo.InvariantCulture));
                    break;
                case JsonTokenType.True or JsonTokenType.False:
                    list.Add(reader.GetBoolean() ? "true" : "false");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return [.. list];
    }

    private string NameOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestKeptName)
            return reader.GetString()!;
        Span<char> characters = stackalloc char[LongestKeptName];
        characters = characters[..reader.CopyString(characters)];
        if (names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(characters, out var known))
            return known;
        var name = characters.ToString();
        if (names.Count < MostNames)
            names.Add(name);
        return name;
    }
}
