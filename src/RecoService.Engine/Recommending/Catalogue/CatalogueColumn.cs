using System.Numerics;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// One thing that is known of the items, by item index. Readers take no lock and see each cell whole, but may see two cells of an item from two records; writers are
/// serialised by the <see cref="ServingState"/>. What selects gives a bit per item: it replaces the words, of which there may be fewer or more than items.
/// </summary>
public abstract class CatalogueColumn
{
    private volatile int itemCount;

    private protected CatalogueColumn(string name, ColumnType type) => (Name, Type) = (name, type);

    /// <summary>Of the field of an item's record, or of the attribute.</summary>
    public string Name { get; }

    public ColumnType Type { get; }

    /// <summary>How many items have a value.</summary>
    public int ItemCount { get => itemCount; private protected set => itemCount = value; }

    /// <summary>How many distinct values they have; null where that is not kept.</summary>
    public virtual int? DistinctCount => null;

    /// <summary>What the column takes in memory, in bytes.</summary>
    public abstract long ByteCount { get; }

    /// <summary>How many entries have been put where they stay until a state is built anew.</summary>
    internal virtual int EntryCount => 0;

    /// <summary>The items that have a value.</summary>
    public void SelectPresent(Span<ulong> items)
    {
        for (var word = 0; word < items.Length; word += CatalogueColumns.BlockWords)
            SelectPresent(word, items.Slice(word, Math.Min(CatalogueColumns.BlockWords, items.Length - word)));
    }

    /// <summary>The same of the items of some words, which lie in one block.</summary>
    internal abstract void SelectPresent(int firstWord, Span<ulong> items);

    internal abstract void Clear(int itemIndex);
}

/// <summary>A column of single cells.</summary>
public abstract class CellColumn<T> : CatalogueColumn
    where T : unmanaged, INumber<T>
{
    private readonly T absent;

    private protected CellColumn(string name, ColumnType type, T absent)
        : base(name, type)
    {
        this.absent = absent;
        Cells = new Cells<T>(absent);
    }

    public override long ByteCount => Cells.ByteCount;

    private protected Cells<T> Cells { get; }

    /// <summary>The values of the items of some words, which lie in one block; empty where no item of the block has one.</summary>
    internal ReadOnlySpan<T> Values(int firstWord, int words) => Cells.Range(64 * firstWord, 64 * words);

    internal override void Clear(int itemIndex) => Exchange(itemIndex, absent);

    /// <summary>Those from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    private protected void SelectBetween(T least, T most, int firstWord, Span<ulong> items)
    {
        var values = Values(firstWord, items.Length);
        if (values.IsEmpty)
            items.Clear();
        else
            Selection.Between(values, least, most, items);
    }

    private protected T Exchange(int itemIndex, T value)
    {
        var before = Cells.Exchange(itemIndex, value);
        ItemCount += (value.Equals(absent) ? 0 : 1) - (before.Equals(absent) ? 0 : 1);
        return before;
    }
}
