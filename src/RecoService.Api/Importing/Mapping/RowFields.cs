using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Mapping;

/// <summary>The wire fields of the row a reader stands on. An empty value was not given.</summary>
internal sealed class RowFields
{
    private const int ShownBytes = 200;
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly ImportPlan plan;
    private readonly ImportOptions options;
    private readonly ImportCounts counts;
    private readonly SourceValues values;
    private readonly TimeReader times;

    /// <summary>By field, as <see cref="FieldPlan.PlainSlot"/>: most fields of most files have no source, and are passed over without a look at the record.</summary>
    private readonly int[] slots;

    private (byte[] Utf8, string? Text) lastChoice = ([], null);

    public RowFields(ImportPlan plan, ImportOptions options, RecordReader records, ImportCounts counts)
    {
        (this.plan, this.options, this.counts) = (plan, options, counts);
        values = new SourceValues(plan.Fills, options, records, counts);
        times = new TimeReader(options.Times);
        slots = [.. plan.Fields.Select(field => field.PlainSlot)];
    }

    /// <summary>Goes to a row of the reader's current record.</summary>
    public void MoveTo(int row) => values.MoveTo(row);

    /// <summary>True: a condition says that the row is to be left out.</summary>
    public bool IsDropped()
    {
        foreach (var (source, condition) in plan.Conditions)
        {
            if (condition.Holds(values.Get(source).Text, options.Decimal))
                return true;
        }

        return false;
    }

    /// <summary>The fields that the row says something of, if only that they are empty: a bit for each, in their order.</summary>
    public int Given
    {
        get
        {
            var given = 0;
            for (var position = 0; position < plan.Fields.Length; position++)
                given |= values.Has(plan.Fields[position]) ? 1 << position : 0;
            return given;
        }
    }

    /// <summary>An id or a name, as it is.</summary>
    public string? Text(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.Kind is ValueKind.Text or ValueKind.Number)
            return TextRules.ToText(value.Text);
        if (!value.IsAbsent)
            problems.Add(new FieldProblem(plan.Fields[field].Name, "must be a string"));
        return null;
    }

    /// <summary>As <see cref="Text"/>, of a field that has few different values: a row that repeats the one before shares its text.</summary>
    public string? Choice(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.Kind == ValueKind.Text && value.Text.SequenceEqual(lastChoice.Utf8))
            return lastChoice.Text;
        if (Text(field, problems) is not { } text)
            return null;
        lastChoice = (value.Text.ToArray(), text);
        return text;
    }

    /// <summary>A text of one line: runs of white space become one blank.</summary>
    public string? Line(int field, int maxLength, ICollection<FieldProblem> problems) =>
        Text(field, problems) is { } text ? Cut(TextRules.Collapse(text), maxLength) : null;

    /// <summary>A text that may have several lines.</summary>
    public string? Prose(int field, int maxLength, ICollection<FieldProblem> problems) =>
        Text(field, problems) is { } text ? Cut(text, maxLength) : null;

    /// <summary>Texts of one line; null when there is none.</summary>
    public List<string>? Lines(int field, int maxCount, int maxLength, ICollection<FieldProblem> problems)
    {
        var source = plan.Fields[field];
        var list = new ListReader(source, options.Trim);
        if (source.Constant is { } constant)
            list.Add(new RawValue(ValueKind.Text, constant));
        foreach (var alternative in source.Alternatives)
        {
            foreach (var slot in alternative)
                list.Add(values.AtSlot(slot));
            if (list.Entries is { Count: > 0 })
                break;
        }

        foreach (var (slot, text) in source.Flags)
        {
            if (FlagText.Read(values.AtSlot(slot).Text) == true)
                list.AddText(text);
        }

        if (list.IsFaulty)
            problems.Add(new FieldProblem(source.Name, "must be an array of strings"));
        if (list.Entries is not { } entries)
            return null;
        entries.RemoveAll(entry => options.Nulls.Contains(entry, StringComparer.Ordinal));
        for (var position = 0; position < entries.Count; position++)
            entries[position] = Cut(TextRules.Collapse(entries[position]), maxLength);
        if (options.Truncate && entries.Count > maxCount)
        {
            counts.Truncated++;
            entries.RemoveRange(maxCount, entries.Count - maxCount);
        }

        return entries;
    }

    /// <summary>The values of the key columns joined by <c>|</c>, so that no two keys give the same text; null when there is no key.</summary>
    public string? KeyText(ICollection<FieldProblem> problems)
    {
        if (plan.Keys.Length == 0)
            return null;
        var key = new StringBuilder();
        for (var position = 0; position < plan.Keys.Length; position++)
        {
            var part = Encoding.UTF8.GetString(values.Get(plan.Keys[position]).Text);
            if (part.Length == 0)
                problems.Add(new FieldProblem("id", $"has an empty key column {plan.Keys[position].Name}"));
            if (position > 0)
                key.Append('|');
            key.Append(part.AsSpan().ContainsAny('|', '\\') ? part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal) : part);
        }

        return key.ToString();
    }

    public double? Number(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.IsAbsent)
            return null;
        if (IsPlain(value) && Utf8Parser.TryParse(value.Text, out double number, out var length) && length == value.Text.Length)
            return number;
        if (NumberText.TryRead(value, options.Decimal, out decimal amount, out var currency, out var reason) && currency is null)
            return (double)amount;
        problems.Add(Fault(field, value, reason ?? "is not a number"));
        return null;
    }

    /// <summary>An amount, and the ISO 4217 code of the sign or code beside it; null = none.</summary>
    public decimal? Amount(int field, out string? currency, ICollection<FieldProblem> problems)
    {
        currency = null;
        var value = Get(field);
        if (value.IsAbsent)
            return null;
        if (NumberText.TryRead(value, options.Decimal, out var amount, out currency, out var reason))
            return amount;
        problems.Add(Fault(field, value, reason ?? "is not a decimal number"));
        return null;
    }

    public Guid? Guid(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.IsAbsent)
            return null;
        if (Utf8Parser.TryParse(value.Text, out Guid id, out var length) && length == value.Text.Length)
            return id;
        problems.Add(Fault(field, value, "is not a GUID"));
        return null;
    }

    /// <summary>true, false, 1, 0, yes or no.</summary>
    public bool? Flag(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.IsAbsent)
            return null;
        if (FlagText.Read(value.Text) is { } flag)
            return flag;
        problems.Add(Fault(field, value, $"is not true or false; --value says which it is, as {plan.Fields[field].Name}:in_stock=true"));
        return null;
    }

    public DateTimeOffset? Time(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        if (value.IsAbsent)
            return null;
        if (times.TryRead(value, out var moment, out var reason))
            return moment;
        problems.Add(Fault(field, value, reason));
        return null;
    }

    /// <summary>A JSON value; with single attributes, an object that holds them too.</summary>
    public JsonElement? Attributes(int field, ICollection<FieldProblem> problems)
    {
        var value = Get(field);
        JsonElement? whole = null;
        if (!value.IsAbsent)
        {
            try
            {
                whole = value.Kind == ValueKind.Text ? JsonSerializer.Deserialize<JsonElement>(value.Text, WireJson.Options) : Parse(value.Text);
            }
            catch (JsonException e)
            {
                problems.Add(WireJson.ProblemOf<JsonElement>(e, value.Text) with { Field = plan.Fields[field].Name });
                return null;
            }
        }

        return plan.Attributes.Length == 0 ? whole : WithSingle(whole);
    }

    private RawValue Get(int field) => slots[field] switch
    {
        >= 0 and var slot => values.AtSlot(slot),
        FieldPlan.NoSlot => default,
        _ => values.Get(plan.Fields[field]),
    };

    private JsonElement? WithSingle(JsonElement? whole)
    {
        using var buffer = new MemoryStream();
        var isEmpty = true;
        using (var writer = new Utf8JsonWriter(buffer, Relaxed))
        {
            writer.WriteStartObject();
            if (whole is { ValueKind: JsonValueKind.Object } given)
            {
                foreach (var member in given.EnumerateObject())
                {
                    isEmpty = false;
                    if (!plan.Attributes.Any(single => single.Name.AsSpan(ImportPlan.AttributePrefix.Length).SequenceEqual(member.Name)))
                        member.WriteTo(writer);
                }
            }
            else if (whole is not null)
            {
                return whole;
            }

            foreach (var single in plan.Attributes)
            {
                var value = values.Get(single);
                if (value.IsAbsent && !values.Has(single))
                    continue;
                isEmpty = false;
                writer.WritePropertyName(SourceText.Unescape(single.Name[ImportPlan.AttributePrefix.Length..]));
                // What is given as empty is cleared in the merge with what is stored.
                if (value.IsAbsent)
                    writer.WriteNullValue();
                else if (value.Kind == ValueKind.Text)
                    writer.WriteStringValue(value.Text);
                else
                    writer.WriteRawValue(value.Text, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return isEmpty ? null : Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<JsonElement>(json, WireJson.Options);

    private string Cut(string text, int maxLength)
    {
        if (!options.Truncate || text.Length <= maxLength)
            return text;
        counts.Truncated++;
        return TextRules.Cut(text, maxLength);
    }

    private bool IsPlain(RawValue value) => value.Kind == ValueKind.Number || (value.Kind == ValueKind.Text && options.Decimal is DecimalSign.Unstated or DecimalSign.Point);

    private FieldProblem Fault(int field, RawValue value, string reason) =>
        value.Kind == ValueKind.Json
            ? new FieldProblem(plan.Fields[field].Name, "must be a single value")
            : new FieldProblem(plan.Fields[field].Name, $"{WireText.Quote(Encoding.UTF8.GetString(value.Text[..Math.Min(value.Text.Length, ShownBytes)]))} {reason}");
}
