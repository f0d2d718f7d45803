using System.Text.Json;

namespace RecoService.Engine.Training;

/// <summary>
/// The options of a trainer as JSON Schema describes them: a flat object of numbers, bools and texts, each with a default. <c>x-search</c> says where a search looks:
/// <c>{"low": 8, "high": 256, "scale": "logarithmic"}</c> for a number, <c>true</c> for a bool or an enum.
/// </summary>
public sealed class OptionsSchema
{
    private static readonly string[] Known =
        ["type", "default", "description", "title", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "enum", "examples", "x-search"];

    private OptionsSchema(IReadOnlyList<OptionDescription> options) => Options = options;

    public IReadOnlyList<OptionDescription> Options { get; }

    /// <summary>The option whose value names a trainer that this one is made of; null for none. Its options stand in a section <see cref="ComponentSection"/>, by its name.</summary>
    public string? Component { get; private init; }

    /// <summary>Where the options of the component stand.</summary>
    public const string ComponentSection = "trainers";

    /// <summary>This schema with the options of another behind its own; of two of one name this one's holds.</summary>
    /// <param name="more">The other.</param>
    /// <param name="component">The text among all options that names a trainer, and so asks for <see cref="ComponentSection"/>.</param>
    /// <exception cref="FormatException">Two options of one name are of different kinds, or one is called as the section is.</exception>
    public OptionsSchema With(OptionsSchema more, string component)
    {
        if (Find(ComponentSection) is not null)
            throw Fault(ComponentSection, "has the name of the section for the options of another trainer");
        if (more.Options.FirstOrDefault(other => Find(other.Name) is { } own && (own.Kind != other.Kind || own.Name != other.Name)) is { } clash)
            throw Fault(clash.Name, $"must be called so and be of kind {clash.Kind}");
        return new OptionsSchema([.. Options, .. more.Options.Where(other => Find(other.Name) is null)]) { Component = component };
    }

    /// <summary>Reads a schema.</summary>
    /// <param name="schema">A JSON object.</param>
    /// <exception cref="FormatException">It is no schema of this form; the message says what is wrong.</exception>
    public static OptionsSchema Read(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            throw new FormatException("The options must be a JSON Schema object.");
        if (!schema.TryGetProperty("properties", out var properties))
            return new OptionsSchema([]);
        if (properties.ValueKind != JsonValueKind.Object)
            throw new FormatException("'properties' of the options must be an object.");
        List<OptionDescription> options = [.. properties.EnumerateObject().Select(property => ReadOption(property.Name, property.Value))];
        if (options.GroupBy(option => option.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new FormatException($"The option '{twice.Key}' stands twice.");
        return new OptionsSchema(options);
    }

    /// <summary>The option of this name, whatever its case; null when there is none.</summary>
    public OptionDescription? Find(string name) => Options.FirstOrDefault(option => option.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static OptionDescription ReadOption(string name, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            throw Fault(name, "must be a schema object");
        if (schema.EnumerateObject().Select(member => member.Name).FirstOrDefault(member => !Known.Contains(member)) is { } unknown)
            throw Fault(name, $"uses '{unknown}', which is not supported; supported are {string.Join(", ", Known)}");
        var choices = schema.TryGetProperty("enum", out var list) ? ReadChoices(name, list) : [];
        var kind = KindOf(name, schema);
        if (!schema.TryGetProperty("default", out var value))
            throw Fault(name, "needs a default");
        var description = schema.TryGetProperty("description", out var words) && words.ValueKind == JsonValueKind.String ? words.GetString()! : "";
        var (low, isAbove) = BoundOf(name, schema, "minimum", "exclusiveMinimum", double.NegativeInfinity);
        var (high, isBelow) = BoundOf(name, schema, "maximum", "exclusiveMaximum", double.PositiveInfinity);
        var option = new OptionDescription(name, kind, ValueOf(kind, value) ?? throw Fault(name, $"has a default that is no {kind}"), description)
        {
            Minimum = low,
            Maximum = high,
            IsAboveMinimum = isAbove,
            IsBelowMaximum = isBelow,
            Choices = choices,
            Search = schema.TryGetProperty("x-search", out var search) ? ReadSearch(name, kind, choices, search) : null,
        };
        return option.FaultOf(option.Default) is { } fault ? throw Fault(name, $"has a default out of its range: {fault}") : option;
    }

    /// <summary>A value of the kind; null when the JSON is of another.</summary>
    internal static object? ValueOf(OptionKind kind, JsonElement value) => (kind, value.ValueKind) switch
    {
        (OptionKind.Integer, JsonValueKind.Number) when value.TryGetInt64(out var integer) => integer,
        (OptionKind.Number, JsonValueKind.Number) => value.GetDouble(),
        (OptionKind.Boolean, JsonValueKind.True) => true,
        (OptionKind.Boolean, JsonValueKind.False) => false,
        (OptionKind.Text, JsonValueKind.String) => value.GetString(),
        _ => null,
    };

    private static OptionKind KindOf(string name, JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
        ? type.GetString() switch
        {
            "integer" => OptionKind.Integer,
            "number" => OptionKind.Number,
            "boolean" => OptionKind.Boolean,
            "string" => OptionKind.Text,
            var other => throw Fault(name, $"has the type '{other}'; supported are integer, number, boolean, string"),
        }
        : throw Fault(name, "needs one type");

    private static IReadOnlyList<string> ReadChoices(string name, JsonElement list) =>
        list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 && list.EnumerateArray().All(choice => choice.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(choice => choice.GetString()!)]
            : throw Fault(name, "has an enum that is no list of texts");

    private static (double Bound, bool IsExclusive) BoundOf(string name, JsonElement schema, string inclusive, string exclusive, double none)
    {
        var hasInclusive = schema.TryGetProperty(inclusive, out var bound);
        var hasExclusive = schema.TryGetProperty(exclusive, out var open);
        if (!hasInclusive && !hasExclusive)
            return (none, false);
        if (hasInclusive && hasExclusive)
            throw Fault(name, $"has both {inclusive} and {exclusive}");
        return (hasInclusive ? bound : open) is { ValueKind: JsonValueKind.Number } number
            ? (number.GetDouble(), hasExclusive)
            : throw Fault(name, $"has a bound that is no number");
    }

    private static SearchRange? ReadSearch(string name, OptionKind kind, IReadOnlyList<string> choices, JsonElement search)
    {
        if (kind == OptionKind.Boolean || choices.Count > 0)
        {
            return search.ValueKind switch
            {
                JsonValueKind.True => new SearchRange(0, 1, IsLogarithmic: false),
                JsonValueKind.False => null,
                _ => throw Fault(name, "has an x-search that is neither true nor false"),
            };
        }

        if (kind == OptionKind.Text)
            throw Fault(name, "is a text without an enum, which nothing can search");
        if (search.ValueKind != JsonValueKind.Object || !TryNumber(search, "low", out var low) || !TryNumber(search, "high", out var high) || !(low < high))
            throw Fault(name, "has an x-search without two numbers, low below high");
        var isLogarithmic = search.TryGetProperty("scale", out var scale) && scale.ValueEquals("logarithmic");
        return isLogarithmic && low <= 0 ? throw Fault(name, "has a logarithmic x-search that begins at or below 0") : new SearchRange(low, high, isLogarithmic);
    }

    private static bool TryNumber(JsonElement from, string name, out double number)
    {
        number = double.NaN;
        return from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number);
    }

    private static FormatException Fault(string name, string what) => new($"The option '{name}' {what}.");
}
