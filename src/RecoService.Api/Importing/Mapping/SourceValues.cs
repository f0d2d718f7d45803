using System.Text;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Mapping;

/// <summary>The values of the row a reader stands on, as the mapping puts them together and before they are typed.</summary>
internal sealed class SourceValues(FillDown[] fills, ImportOptions options, RecordReader records, ImportCounts counts)
{
    private readonly byte[][] nulls = [.. options.Nulls.Select(Encoding.UTF8.GetBytes)];

    /// <summary>No text stands for nothing, so one without white space at its ends needs no second look.</summary>
    private readonly bool isTakenAsItIs = options.Nulls.Count == 0;

    private byte[] joined = new byte[256];
    private int row;

    /// <summary>Goes to a row of the reader's current record.</summary>
    public void MoveTo(int newRow)
    {
        row = newRow;
        if (newRow > 0)
            return;
        foreach (var fill in fills)
            fill.Follow(this);
    }

    /// <summary>True: the row has a place for the field, though it may be empty there.</summary>
    public bool Has(FieldPlan source)
    {
        if (source.Constant is not null || source.Flags.Length > 0)
            return true;
        foreach (var alternative in source.Alternatives)
        {
            foreach (var slot in alternative)
            {
                if (records.Has(slot, row))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The field's value; absent when it is empty.</summary>
    public RawValue Get(FieldPlan source)
    {
        if (source.Constant is { } constant)
            return new RawValue(ValueKind.Text, constant);
        foreach (var alternative in source.Alternatives)
        {
            var value = alternative.Length == 1 ? AtSlot(alternative[0]) : Join(alternative);
            if (source.Separators.Length > 0)
                value = ListReader.First(value, source.Separators);
            if (!value.IsAbsent && source.Values is { } values)
                value = Mapped(value, values.Of(value.Text));
            if (!value.IsAbsent)
                return value;
        }

        return default;
    }

    /// <summary>The value at one place of the record; that of the record above where a blank says so.</summary>
    public RawValue AtSlot(int slot)
    {
        var value = Judge(records[slot, row], isCounted: true);
        return value.IsAbsent && fills.Length > 0 ? Above(slot) : value;
    }

    /// <summary>A value as the record has it, without what the record above says.</summary>
    public RawValue OwnValue(int slot) => Judge(records[slot, row], isCounted: false);

    private static RawValue Mapped(RawValue value, ReadOnlySpan<byte> text) =>
        text.IsEmpty ? default : new RawValue(text == value.Text ? value.Kind : ValueKind.Text, text);

    private RawValue Join(int[] slots)
    {
        var count = 0;
        foreach (var slot in slots)
        {
            var part = AtSlot(slot).Text;
            if (part.IsEmpty)
                continue;
            if (joined.Length < count + part.Length + 1)
                Array.Resize(ref joined, 2 * (count + part.Length + 1));
            if (count > 0)
                joined[count++] = (byte)' ';
            part.CopyTo(joined.AsSpan(count));
            count += part.Length;
        }

        return count == 0 ? default : new RawValue(ValueKind.Text, joined.AsSpan(0, count));
    }

    private RawValue Above(int slot)
    {
        foreach (var fill in fills)
        {
            if (fill.TryGet(slot, out var above))
                return above;
        }

        return default;
    }

    private RawValue Judge(RawValue value, bool isCounted)
    {
        if (value.Kind != ValueKind.Text || (isTakenAsItIs && !value.Text.IsEmpty && !TextRules.MayTrim(value.Text)))
            return value;
        var text = value.Text;
        if (options.Trim)
        {
            text = TextRules.Trim(text);
            if (text.Length < value.Text.Length && !text.IsEmpty && isCounted)
                counts.Trimmed++;
        }

        return text.IsEmpty || IsNull(text) ? default : new RawValue(ValueKind.Text, text);
    }

    private bool IsNull(ReadOnlySpan<byte> text)
    {
        foreach (var none in nulls)
        {
            if (text.SequenceEqual(none))
                return true;
        }

        return false;
    }
}
