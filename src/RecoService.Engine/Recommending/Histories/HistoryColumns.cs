using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What a user did with one item.</summary>
/// <param name="Item">An item index of the serving state.</param>
/// <param name="Weight">Summed over the interactions.</param>
/// <param name="Time">Unix milliseconds of the last one.</param>
/// <param name="Rating">The last rating, or NaN.</param>
internal readonly record struct HistoryEntry(int Item, float Weight, long Time, float Rating)
{
    public bool IsNothing => Time == long.MinValue;

    /// <summary>The user did nothing with it.</summary>
    public static HistoryEntry Nothing(int item) => new(item, 0, long.MinValue, float.NaN);
}

/// <summary>A history in arrays of its own, as <see cref="UserHistory"/> describes them.</summary>
internal sealed record HistoryColumns(int[] Items, float[] Weights, long[] Times, float[] Ratings)
{
    private HistoryColumns(int count)
        : this(new int[count], new float[count], new long[count], new float[count])
    {
    }

    public static HistoryColumns None { get; } = new([], [], [], []);

    public static HistoryColumns Of(in UserHistory history) => new([.. history.Items], [.. history.Weights], [.. history.Times], [.. history.Ratings]);

    public UserHistory Of(int userIndex, UserEvents events = default) => new(userIndex, Items, Weights, Times, Ratings, events);

    /// <summary>A history with some of its entries changed, some added, and some of which nothing is left taken out.</summary>
    /// <param name="history">As it was.</param>
    /// <param name="changed">Ascending items.</param>
    /// <param name="growth">By how many entries it grows; below 0 when it shrinks.</param>
    public static HistoryColumns Merge(in UserHistory history, ReadOnlySpan<HistoryEntry> changed, int growth)
    {
        var merged = new HistoryColumns(history.Items.Length + growth);
        var (from, to) = (0, 0);
        foreach (var entry in changed)
        {
            var position = history.Items[from..].BinarySearch(entry.Item);
            var before = position < 0 ? ~position : position;
            merged.Copy(history, from, to, before);
            from += before + (position < 0 ? 0 : 1);
            to += before;
            if (!entry.IsNothing)
                merged.Write(to++, entry);
        }

        merged.Copy(history, from, to, history.Items.Length - from);
        return merged;
    }

    /// <summary>The newest entries; of those of one time the ones with the highest items.</summary>
    /// <param name="count">At most as many as there are.</param>
    /// <param name="older">Takes the others.</param>
    public HistoryColumns Newest(int count, ICollection<HistoryEntry> older)
    {
        var ascending = (long[])Times.Clone();
        Array.Sort(ascending);
        var oldest = ascending[^count];
        var roomAtOldest = ascending.AsSpan(ascending.Length - count).Count(oldest);
        var newest = new HistoryColumns(count);
        for (var (position, to) = (Items.Length - 1, count - 1); position >= 0; position--)
        {
            if (Times[position] > oldest || (Times[position] == oldest && roomAtOldest-- > 0))
                newest.Write(to--, this[position]);
            else
                older.Add(this[position]);
        }

        return newest;
    }

    private HistoryEntry this[int position] => new(Items[position], Weights[position], Times[position], Ratings[position]);

    private void Write(int position, HistoryEntry entry) =>
        (Items[position], Weights[position], Times[position], Ratings[position]) = (entry.Item, entry.Weight, entry.Time, entry.Rating);

    private void Copy(in UserHistory history, int from, int to, int count)
    {
        history.Items.Slice(from, count).CopyTo(Items.AsSpan(to));
        history.Weights.Slice(from, count).CopyTo(Weights.AsSpan(to));
        history.Times.Slice(from, count).CopyTo(Times.AsSpan(to));
        history.Ratings.Slice(from, count).CopyTo(Ratings.AsSpan(to));
    }
}
