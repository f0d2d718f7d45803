using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>One text per item, as a code of a dictionary; 4 bytes.</summary>
public sealed class TextColumn : CellColumn<int>
{
    private const int Absent = -1;

    internal TextColumn(string name)
        : base(name, ColumnType.Text, Absent)
    {
    }

    public TextDictionary Texts { get; } = new();

    public override int? DistinctCount => Texts.UsedCount;

    public override long ByteCount => base.ByteCount + Texts.ByteCount;

    internal override int EntryCount => Texts.Count;

    /// <summary>A code of <see cref="Texts"/>; -1 for an item without one.</summary>
    public int this[int itemIndex] => Cells[itemIndex];

    /// <summary>Null for an item without one.</summary>
    public string? TextOf(int itemIndex) => Cells[itemIndex] is not Absent and var code ? Texts[code] : null;

    /// <summary>The items with one text.</summary>
    public void SelectEqualTo(int code, Span<ulong> items)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(code);
        foreach (var part in Cells.Parts(items))
            Selection.EqualTo(part.Values, code, part.Words);
    }

    /// <summary>The items with any of several texts.</summary>
    /// <param name="codes">A bit per code.</param>
    /// <param name="items">Takes the bits.</param>
    public void SelectAnyOf(ReadOnlySpan<ulong> codes, Span<ulong> items)
    {
        foreach (var part in Cells.Parts(items))
            Selection.MembersOf(part.Values, codes, part.Words);
    }

    internal override void SelectPresent(int firstWord, Span<ulong> items) => SelectBetween(0, int.MaxValue, firstWord, items);

    /// <returns>Why the column is to be given up; null where it is not.</returns>
    internal LeftOutReason? TryPut(int itemIndex, string text, CatalogueLimits limits)
    {
        if (text.Length > limits.TextLength)
            return LeftOutReason.TextTooLong;
        Set(itemIndex, text);
        return Texts.UsedCount > limits.DistinctTexts ? LeftOutReason.TooManyTexts : null;
    }

    internal void Set(int itemIndex, string? text)
    {
        var code = Absent;
        if (text is not null)
            Texts.Use(code = Texts.GetOrAdd(text));
        if (Exchange(itemIndex, code) is not Absent and var before)
            Texts.Release(before);
    }

    internal override void Clear(int itemIndex) => Set(itemIndex, null);
}
