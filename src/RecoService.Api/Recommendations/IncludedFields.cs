using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Recommendations;

/// <summary>What the answer of a GET says of each item beside its id and score.</summary>
/// <param name="Include">Fields of the items, as `title,price,attributes.brand`.</param>
/// <param name="Explain">Whether each item says why it is in the list.</param>
internal readonly record struct ItemParameters([property: FromQuery(Name = "include")] string[]? Include, [property: FromQuery(Name = "explain")] bool? Explain)
{
    /// <summary>Whether it says more than nothing.</summary>
    public bool AskForMore => Include is { Length: > 0 } || Explain is not null;

    /// <summary>The fields one by one, for several may stand in one value; null for none.</summary>
    public IReadOnlyList<string>? Fields => Include is { Length: > 0 } include ? [.. include.SelectMany(names => names.Split(','))] : null;
}

/// <summary>Which fields of items stand beside their ids in an answer. They come from the live catalogue.</summary>
internal sealed class IncludedFields
{
    public const int Most = 20;

    private const string AttributePrefix = "attributes.";
    private const string TitleName = "title";
    private const string ImageName = "imageUrl";

    private static readonly string[] Names = [TitleName, ImageName, "price", "salePrice", "currency", "categories", "addedAt", "groupId"];

    private readonly List<string> fields;
    private readonly List<string> attributes;

    private IncludedFields(List<string> fields, List<string> attributes) => (this.fields, this.attributes) = (fields, attributes);

    /// <summary>Reads what a request names, each once and in its order; null where it names nothing, or something is wrong.</summary>
    /// <param name="names">Of fields, or of attributes behind <c>attributes.</c>.</param>
    /// <param name="columns">Say whether titles are kept.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public static IncludedFields? Read(IReadOnlyList<string?>? names, CatalogueColumns columns, ICollection<FieldProblem> problems)
    {
        if (names is null or { Count: 0 })
            return null;
        if (names.Count > Most)
        {
            problems.Add(new FieldProblem("include", $"names {names.Count} fields; the most are {Most}"));
            return null;
        }

        var wanted = new List<string>(names.Count);
        var wantedAttributes = new List<string>();
        foreach (var name in names)
        {
            if (name is not null && name.Length > AttributePrefix.Length && name.StartsWith(AttributePrefix, StringComparison.Ordinal))
                AddOnce(wantedAttributes, name[AttributePrefix.Length..]);
            else if (name is null || !Names.Contains(name, StringComparer.Ordinal))
                problems.Add(new FieldProblem("include", $"{WireText.Quote(name ?? "null")} is no field; the fields are {string.Join(", ", Names)} and {AttributePrefix}NAME"));
            else if (name is TitleName or ImageName && !columns.KeepsTitles)
                problems.Add(new FieldProblem("include", $"{name} is not kept in memory; set Reco:Catalogue:KeepTitles to true"));
            else
                AddOnce(wanted, name);
        }

        return new IncludedFields(wanted, wantedAttributes);

        static void AddOnce(List<string> list, string name)
        {
            if (!list.Contains(name))
                list.Add(name);
        }
    }

    /// <summary>Writes the fields of an item as an object; what is not known of it is null.</summary>
    public void Write(Utf8JsonWriter json, CatalogueColumns columns, int itemIndex)
    {
        json.WriteStartObject();
        foreach (var field in fields)
        {
            json.WritePropertyName(field);
            Write(json, columns, itemIndex, field);
        }

        if (attributes.Count > 0)
        {
            json.WriteStartObject("attributes");
            foreach (var attribute in attributes)
            {
                json.WritePropertyName(attribute);
                WriteAttribute(json, columns, itemIndex, attribute);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, CatalogueColumns columns, int itemIndex, string field)
    {
        switch (field)
        {
            case TitleName:
                WriteText(json, columns.Titles[itemIndex]);
                break;
            case ImageName:
                WriteText(json, columns.ImageUrls[itemIndex]);
                break;
            case "price":
                WriteNumber(json, columns.Price[itemIndex]);
                break;
            case "salePrice":
                WriteNumber(json, columns.SalePrice[itemIndex]);
                break;
            case "currency":
                json.WriteStringValue(columns.Currency.TextOf(itemIndex));
                break;
            case "groupId":
                json.WriteStringValue(columns.GroupId.TextOf(itemIndex));
                break;
            case "categories":
                WriteTexts(json, columns.Categories, itemIndex);
                break;
            case "addedAt" when columns.AddedAt[itemIndex] is { } time:
                json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds(time));
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static void WriteAttribute(Utf8JsonWriter json, CatalogueColumns columns, int itemIndex, string name)
    {
        if (columns.Attribute<TextColumn>(name)?.TextOf(itemIndex) is { } text)
            json.WriteStringValue(text);
        else if (columns.Attribute<NumberColumn>(name) is { } numbers && !double.IsNaN(numbers[itemIndex]))
            json.WriteNumberValue(numbers[itemIndex]);
        else if (columns.Attribute<FlagColumn>(name)?[itemIndex] is { } flag)
            json.WriteBooleanValue(flag);
        else if (columns.Attribute<ListColumn>(name) is { } lists && !lists[itemIndex].IsEmpty)
            WriteTexts(json, lists, itemIndex);
        else
            json.WriteNullValue();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            json.WriteNullValue();
        else
            json.WriteStringValue(text);
    }

    private static void WriteNumber(Utf8JsonWriter json, double number)
    {
        if (double.IsNaN(number))
            json.WriteNullValue();
        else
            json.WriteNumberValue(number);
    }

    private static void WriteTexts(Utf8JsonWriter json, ListColumn? lists, int itemIndex)
    {
        json.WriteStartArray();
        foreach (var code in lists is null ? [] : lists[itemIndex])
            json.WriteStringValue(lists!.Texts[code]);
        json.WriteEndArray();
    }
}

/// <summary>The fields of one item, written when the answer is.</summary>
[JsonConverter(typeof(IncludedItemConverter))]
internal sealed record IncludedItem(IncludedFields Fields, CatalogueColumns Columns, int ItemIndex)
{
    public void Write(Utf8JsonWriter json) => Fields.Write(json, Columns, ItemIndex);
}

/// <summary>Writes the fields straight from the columns.</summary>
internal sealed class IncludedItemConverter : JsonConverter<IncludedItem>
{
    public override IncludedItem Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Answers are not read.");

    public override void Write(Utf8JsonWriter writer, IncludedItem value, JsonSerializerOptions options) => value.Write(writer);
}

/// <summary>What stands beside an item's id: those of its fields that the request names; each is null where it is not known. It says the shape of an <see cref="IncludedItem"/>.</summary>
internal sealed record IncludedItemResponse
{
    /// <summary>As it is to be shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    /// <summary>The address of its picture.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageUrl { get; init; }

    /// <summary>In its currency.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Price { get; init; }

    /// <summary>The price while it is on sale.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? SalePrice { get; init; }

    /// <summary>ISO 4217, three letters.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Currency { get; init; }

    /// <summary>As the shop writes them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Since when the shop has it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>Variants of one article share it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? GroupId { get; init; }

    /// <summary>Those that are asked for, by name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Dictionary<string, JsonElement>? Attributes { get; init; }
}
