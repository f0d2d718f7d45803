using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>Several texts per item, in their order and none twice; 4 bytes, and those of each distinct list once. An empty list is none.</summary>
public sealed class ListColumn : CellColumn<int>
{
    private const int Absent = -1;

    private readonly ListPool lists = new();

    internal ListColumn(string name)
        : base(name, ColumnType.List, Absent)
    {
    }

    public TextDictionary Texts { get; } = new();

    public override int? DistinctCount => Texts.UsedCount;

    public override long ByteCount => base.ByteCount + Texts.ByteCount + lists.ByteCount;

    internal override int EntryCount => Texts.Count + lists.Count;

    /// <summary>How many distinct lists there are, those included that no item has any more.</summary>
    public int ListCount => lists.Count;

    /// <summary>The distinct lists; an item's value is the number of its own.</summary>
    internal ListPool Lists => lists;

    /// <summary>Codes of <see cref="Texts"/>.</summary>
    public ReadOnlySpan<int> this[int itemIndex] => Cells[itemIndex] is not Absent and var list ? lists[list] : [];

    /// <summary>The items whose list holds one text.</summary>
    public void SelectHolding(int code, Span<ulong> items)
    {
        var members = new ulong[Bits.WordsFor(code + 1)];
        Bits.Set(members, code);
        SelectHoldingAny(members, items);
    }

    /// <summary>The items whose list holds any of several texts.</summary>
    /// <param name="codes">A bit per code.</param>
    /// <param name="items">Takes the bits.</param>
    public void SelectHoldingAny(ReadOnlySpan<ulong> codes, Span<ulong> items)
    {
        var (known, holding) = (-1, Array.Empty<ulong>());
        foreach (var part in Cells.Parts(items))
        {
            // A list that a writer adds meanwhile is looked at when an item is met that has it.
            while (Selection.MembersOf(part.Values, holding, part.Words) > known)
                (known, holding) = lists.HoldingAny(codes);
        }
    }

    internal override void SelectPresent(int firstWord, Span<ulong> items) => SelectBetween(0, int.MaxValue, firstWord, items);

    /// <returns>Why the column is to be given up; null where it is not.</returns>
    internal LeftOutReason? TryPut(int itemIndex, IReadOnlyList<string> texts, CatalogueLimits limits)
    {
        if (texts.Count > limits.ListLength && texts.Distinct(StringComparer.Ordinal).Count() > limits.ListLength)
            return LeftOutReason.ListTooLong;
        Span<int> codes = stackalloc int[Math.Min(texts.Count, limits.ListLength)];
        var count = 0;
        foreach (var text in texts)
        {
            if (text.Length > limits.TextLength)
                return LeftOutReason.TextTooLong;
            var code = Texts.GetOrAdd(text);
            if (!codes[..count].Contains(code))
                codes[count++] = code;
        }

        Set(itemIndex, codes[..count]);
        return Texts.UsedCount > limits.DistinctTexts ? LeftOutReason.TooManyTexts : null;
    }

    internal override void Clear(int itemIndex) => Set(itemIndex, []);

    private void Set(int itemIndex, ReadOnlySpan<int> codes)
    {
        foreach (var code in codes)
            Texts.Use(code);
        if (Exchange(itemIndex, codes.IsEmpty ? Absent : lists.GetOrAdd(codes)) is not Absent and var before)
        {
            foreach (var code in lists[before])
                Texts.Release(code);
        }
    }
}
