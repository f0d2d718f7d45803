using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>A number per item; 8 bytes.</summary>
public sealed class NumberColumn : CellColumn<double>
{
    internal NumberColumn(string name)
        : base(name, ColumnType.Number, double.NaN)
    {
    }

    /// <summary>NaN for an item without one.</summary>
    public double this[int itemIndex] => Cells[itemIndex];

    /// <summary>The items whose number lies from <paramref name="least"/> to <paramref name="most"/>, both included; infinities leave a side open.</summary>
    public void SelectBetween(double least, double most, Span<ulong> items)
    {
        foreach (var part in Cells.Parts(items))
            Selection.Between(part.Values, least, most, part.Words);
    }

    internal override void SelectPresent(int firstWord, Span<ulong> items) => SelectBetween(double.NegativeInfinity, double.PositiveInfinity, firstWord, items);

    internal void Set(int itemIndex, double? value) => Exchange(itemIndex, value ?? double.NaN);
}

/// <summary>A moment per item; 8 bytes.</summary>
public sealed class TimeColumn : CellColumn<long>
{
    private const long Absent = long.MinValue;

    internal TimeColumn(string name)
        : base(name, ColumnType.Time, Absent)
    {
    }

    /// <summary>Unix milliseconds; null for an item without one.</summary>
    public long? this[int itemIndex] => Cells[itemIndex] is not Absent and var time ? time : null;

    /// <summary>The items whose moment lies from <paramref name="first"/> to <paramref name="last"/>, both included; Unix milliseconds.</summary>
    public void SelectBetween(long first, long last, Span<ulong> items)
    {
        foreach (var part in Cells.Parts(items))
            Selection.Between(part.Values, Math.Max(first, Absent + 1), last, part.Words);
    }

    internal override void SelectPresent(int firstWord, Span<ulong> items) => SelectBetween(Absent + 1, long.MaxValue, firstWord, items);

    internal void Set(int itemIndex, long? value) => Exchange(itemIndex, value ?? Absent);
}

/// <summary>True or false per item; 1 byte.</summary>
public sealed class FlagColumn : CellColumn<sbyte>
{
    private const sbyte Absent = -1;

    internal FlagColumn(string name)
        : base(name, ColumnType.Flag, Absent)
    {
    }

    /// <summary>Null for an item without one.</summary>
    public bool? this[int itemIndex] => Cells[itemIndex] switch
    {
        Absent => null,
        var value => value == 1,
    };

    /// <summary>The items that have this value.</summary>
    public void Select(bool value, Span<ulong> items)
    {
        foreach (var part in Cells.Parts(items))
            Selection.EqualTo(part.Values, Of(value), part.Words);
    }

    internal override void SelectPresent(int firstWord, Span<ulong> items) => SelectBetween(0, 1, firstWord, items);

    internal void Set(int itemIndex, bool value) => Exchange(itemIndex, Of(value));

    internal static sbyte Of(bool value) => value ? (sbyte)1 : (sbyte)0;
}
