namespace RecoService.Engine.Data;

/// <summary>
/// The interactions of a user that count, oldest first; those of one time are a set, in any order. Lives as long as the arrays it looks into.
/// </summary>
public readonly ref struct UserEvents
{
    /// <param name="items">Item indexes, in the order of the events.</param>
    /// <param name="kindIndexes">One per event.</param>
    /// <param name="values">One per event.</param>
    /// <param name="times">One per event, ascending.</param>
    public UserEvents(ReadOnlySpan<int> items, ReadOnlySpan<byte> kindIndexes, ReadOnlySpan<float> values, ReadOnlySpan<long> times)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(kindIndexes.Length, items.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, items.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(times.Length, items.Length);
        Items = items;
        KindIndexes = kindIndexes;
        Values = values;
        Times = times;
    }

    public int Count => Items.Length;

    /// <summary>Item indexes. One that a model does not know, because the item arrived after it, stands among them as any other.</summary>
    public ReadOnlySpan<int> Items { get; }

    /// <summary>Indexes of the kinds table.</summary>
    public ReadOnlySpan<byte> KindIndexes { get; }

    /// <summary>The rating; 0 where the kind has no value.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Unix milliseconds.</summary>
    public ReadOnlySpan<long> Times { get; }
}
