using System.Buffers;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Training;

/// <summary>Options of a trainer by a schema: a value for every option, all of them allowed. What is searched of them is what the schema says.</summary>
public sealed class DescribedOptions : ISearchable, IComposedOptions
{
    private readonly Dictionary<string, object> values;

    /// <summary>The defaults.</summary>
    public DescribedOptions(OptionsSchema schema)
    {
        Schema = schema;
        values = schema.Options.ToDictionary(option => option.Name, option => option.Default, StringComparer.Ordinal);
    }

    public OptionsSchema Schema { get; }

    /// <summary>A <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, by the option's kind.</summary>
    public object this[string name] => values[name];

    /// <summary>The trainer that an option names, if the schema has such an option.</summary>
    public IReadOnlyList<string> TrainerNames => Schema.Component is { } option ? [TrainerRegistry.NameOf((string)values[option])] : [];

    /// <summary>Options of those trainers by name.</summary>
    public Dictionary<string, object> Trainers { get; } = [];

    private IEnumerable<OptionDescription> Searched => Schema.Options.Where(option => option.Search is not null);

    /// <summary>Reads options; those that are missing keep their defaults.</summary>
    /// <param name="schema">What they are.</param>
    /// <param name="json">An object.</param>
    /// <param name="readTrainer">Reads the options of a trainer by its name, where the schema has a component.</param>
    /// <exception cref="FormatException">It is no object of these options; the message says why.</exception>
    public static DescribedOptions Parse(OptionsSchema schema, JsonElement json, Func<string, JsonElement, object>? readTrainer = null)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("Options are a JSON object.");
        var options = new DescribedOptions(schema);
        foreach (var member in json.EnumerateObject())
        {
            if (readTrainer is not null && schema.Component is not null && member.Name == OptionsSchema.ComponentSection && member.Value.ValueKind == JsonValueKind.Object)
            {
                foreach (var section in member.Value.EnumerateObject())
                    options.Trainers[TrainerRegistry.NameOf(section.Name)] = readTrainer(section.Name, section.Value);
                continue;
            }

            var option = schema.Find(member.Name) ?? throw new FormatException($"{member.Name} is not an option; known are {string.Join(", ", schema.Options.Select(known => known.Name))}.");
            var value = OptionsSchema.ValueOf(option.Kind, member.Value) ?? throw new FormatException($"{option.Name} is no {option.Kind}.");
            if (option.FaultOf(value) is { } fault)
                throw new FormatException(fault);
            options.values[option.Name] = value;
        }

        return options;
    }

    /// <summary>Takes a value from a configuration's text.</summary>
    /// <param name="option">Of the schema.</param>
    /// <param name="text">As <c>0.5</c>, <c>true</c>.</param>
    /// <returns>Why it is not allowed, and then nothing is changed; null when it is.</returns>
    public string? TrySet(OptionDescription option, string text)
    {
        if (option.TryRead(text, out var value) is { } fault)
            return fault;
        values[option.Name] = value;
        return null;
    }

    /// <summary>All values as JSON, in the order of the schema.</summary>
    /// <param name="writeTrainer">The options of a component as JSON, by its name; null leaves them out.</param>
    public string ToJson(Func<string, object, string>? writeTrainer = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var option in Schema.Options)
                Write(writer, option.Name, values[option.Name]);
            if (writeTrainer is not null && Schema.Component is not null)
                WriteTrainers(writer, writeTrainer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteTrainers(Utf8JsonWriter writer, Func<string, object, string> writeTrainer)
    {
        writer.WriteStartObject(OptionsSchema.ComponentSection);
        foreach (var (name, options) in Trainers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(writeTrainer(name, options));
        }

        writer.WriteEndObject();
    }

    int ISearchable.CountSearchDimensions() => Searched.Count();

    void ISearchable.ReadSearchPoint(Span<double> point)
    {
        var next = 0;
        foreach (var option in Searched)
            point[next++] = PositionOf(option, values[option.Name]);
    }

    void ISearchable.ApplySearchPoint(ReadOnlySpan<double> point)
    {
        var next = 0;
        foreach (var option in Searched)
            values[option.Name] = ValueAt(option, point[next++]);
    }

    private static double PositionOf(OptionDescription option, object value)
    {
        if (value is bool truth)
            return truth ? 0.75 : 0.25;
        if (value is string text)
            return (option.Choices.ToList().IndexOf(text) + 0.5) / option.Choices.Count;
        var (low, high) = EndsOf(option.Search!);
        var number = Convert.ToDouble(value);
        return Math.Clamp(((option.Search!.IsLogarithmic ? Math.Log(number) : number) - low) / (high - low), 0, 1);
    }

    private static object ValueAt(OptionDescription option, double position)
    {
        if (option.Kind == OptionKind.Boolean)
            return position >= 0.5;
        if (option.Kind == OptionKind.Text)
            return option.Choices[Math.Min((int)(position * option.Choices.Count), option.Choices.Count - 1)];
        var (low, high) = EndsOf(option.Search!);
        var number = low + (position * (high - low));
        if (option.Search!.IsLogarithmic)
            number = Math.Exp(number);
        if (option.Kind == OptionKind.Integer)
            return (long)Math.Round(number);
        // A file of options is read by people; no search is finer than three digits.
        return double.Parse(number.ToString("G3", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static (double Low, double High) EndsOf(SearchRange range) =>
        range.IsLogarithmic ? (Math.Log(range.Low), Math.Log(range.High)) : (range.Low, range.High);

    private static void Write(Utf8JsonWriter writer, string name, object value)
    {
        switch (value)
        {
            case bool truth:
                writer.WriteBoolean(name, truth);
                break;
            case long integer:
                writer.WriteNumber(name, integer);
                break;
            case double number:
                writer.WriteNumber(name, number);
                break;
            default:
                writer.WriteString(name, (string)value);
                break;
        }
    }
}
