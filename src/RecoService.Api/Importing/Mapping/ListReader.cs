using System.Text;
using System.Text.Json;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Mapping;

/// <summary>Gathers the entries of a list: from text with separators, from JSON arrays (nested ones too), from flags.</summary>
internal sealed class ListReader(FieldPlan source, bool trims)
{
    /// <summary>Between the entries of a CSV field, unless options say otherwise.</summary>
    private const string DefaultSeparator = "|";

    private static readonly string[] DefaultSeparators = [DefaultSeparator];

    /// <summary>Null when nothing was given.</summary>
    public List<string>? Entries { get; private set; }

    public bool IsFaulty { get; private set; }

    public void Add(RawValue value)
    {
        switch (value.Kind)
        {
            case ValueKind.Absent:
                break;
            case ValueKind.Text or ValueKind.Number:
                foreach (var part in Encoding.UTF8.GetString(value.Text).Split(source.Separators.Length > 0 ? source.Separators : DefaultSeparators, StringSplitOptions.None))
                    AddText(part);
                break;
            case ValueKind.Json when value.Text[0] == '[':
                using (var array = JsonDocument.Parse(value.Text.ToArray()))
                {
                    Entries ??= [];
                    AddElements(array.RootElement);
                }

                break;
            default:
                IsFaulty = true;
                break;
        }
    }

    public void AddText(string text)
    {
        var entry = trims ? TextRules.Trim(text) : text;
        if (source.Values is { } values)
            entry = Encoding.UTF8.GetString(values.Of(Encoding.UTF8.GetBytes(entry)));
        if (entry.Length > 0)
            (Entries ??= []).Add(entry);
    }

    /// <summary>The first entry, for a field that takes only one.</summary>
    public static RawValue First(RawValue value, string[] separators)
    {
        if (value.Kind == ValueKind.Json && value.Text[0] == '[')
        {
            var all = new ListReader(new FieldPlan("") { Separators = separators }, trims: true);
            all.Add(value);
            return all.Entries is [var first, ..] ? new RawValue(ValueKind.Text, Encoding.UTF8.GetBytes(first)) : default;
        }

        var text = value.Text;
        foreach (var separator in separators)
        {
            if (text.IndexOf(Encoding.UTF8.GetBytes(separator)) is >= 0 and var end)
                text = text[..end];
        }

        text = TextRules.Trim(text);
        return text.IsEmpty ? default : new RawValue(value.Kind, text);
    }

    private void AddElements(JsonElement array)
    {
        foreach (var element in array.EnumerateArray())
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String when source.Separators.Length > 0:
                    foreach (var part in element.GetString()!.Split(source.Separators, StringSplitOptions.None))
                        AddText(part);
                    break;
                case JsonValueKind.String:
                    AddText(element.GetString()!);
                    break;
                case JsonValueKind.Number:
                    AddText(element.GetRawText());
                    break;
                case JsonValueKind.Array:
                    AddElements(element);
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    IsFaulty = true;
                    break;
            }
        }
    }
}
