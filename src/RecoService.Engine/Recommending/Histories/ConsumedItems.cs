using System.Runtime.InteropServices;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>When a user consumed an item, to the minute, which keeps the columns of a large shop small.</summary>
/// <param name="LastMinute">Minutes since 1970 of the last interaction that consumed it.</param>
/// <param name="UntilMinute">Minutes since 1970 at which the item may be recommended again, by the kinds of the interactions; <see cref="int.MaxValue"/> for never.</param>
public readonly record struct ConsumedTime(int LastMinute, int UntilMinute)
{
    private const long Minute = TimeSpan.MillisecondsPerDay / (24 * 60);
    private const int MinutesPerDay = 24 * 60;

    internal static ConsumedTime Of(InteractionKinds kinds, byte kindIndex, long time) => new(
        Minutes(time), kinds.ConsumedUntil(kindIndex, time) is var until && until == long.MaxValue ? int.MaxValue : Minutes(until + Minute - 1));

    /// <summary>Whether the item is not to be shown.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="ownDays">For how many days the item itself says that it is consumed; null: the kinds decide.</param>
    public bool Blocks(long now, double? ownDays) => ownDays is { } days
        ? now < (LastMinute + (days * MinutesPerDay)) * Minute
        : UntilMinute == int.MaxValue || now < UntilMinute * Minute;

    internal ConsumedTime With(ConsumedTime other) => new(Math.Max(LastMinute, other.LastMinute), Math.Max(UntilMinute, other.UntilMinute));

    private static int Minutes(long time) => (int)Math.Clamp(Math.DivRem(time, Minute, out var rest) + (rest < 0 ? -1 : 0), int.MinValue, int.MaxValue - 1);
}

/// <summary>What one user has consumed. Immutable.</summary>
/// <param name="Items">Item indexes, ascending.</param>
/// <param name="Times">One per item.</param>
internal sealed record ConsumedItems(int[] Items, ConsumedTime[] Times)
{
    public static ConsumedItems None { get; } = new([], []);

    /// <summary>Null for an item that is not consumed.</summary>
    public ConsumedTime? TimeOf(int itemIndex) => Array.BinarySearch(Items, itemIndex) is >= 0 and var position ? Times[position] : null;

    /// <summary>The same with some items changed, added, or taken out.</summary>
    /// <param name="changes">Ascending items; null takes an item out.</param>
    public ConsumedItems With(IReadOnlyList<(int Item, ConsumedTime? Time)> changes)
    {
        var items = new List<int>(Items.Length + changes.Count);
        var times = new List<ConsumedTime>(Items.Length + changes.Count);
        var from = 0;
        foreach (var (item, time) in changes)
        {
            var position = Items.AsSpan(from).BinarySearch(item);
            CopyUntil(from + (position < 0 ? ~position : position));
            from += position < 0 ? 0 : 1;
            if (time is { } consumed)
            {
                items.Add(item);
                times.Add(consumed);
            }
        }

        CopyUntil(Items.Length);
        return new ConsumedItems([.. items], [.. times]);

        void CopyUntil(int end)
        {
            items.AddRange(Items.AsSpan(from..end));
            times.AddRange(Times.AsSpan(from..end));
            from = end;
        }
    }
}

/// <summary>What every user of a dataset has consumed: rows one after the other.</summary>
internal sealed class ConsumedRows
{
    private readonly int[] starts;
    private readonly int[] items;
    private readonly ConsumedTime[] times;

    public ConsumedRows(InteractionDataset dataset)
    {
        starts = new int[dataset.Users.Count + 1];
        var allItems = new List<int>();
        var allTimes = new List<ConsumedTime>();
        var row = new List<ConsumedTime?>();
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var columns = dataset.UserItems.RowColumns(user);
            CollectionsMarshal.SetCount(row, columns.Length);
            var consumed = CollectionsMarshal.AsSpan(row);
            consumed.Clear();
            Read(dataset, user, columns, consumed);
            for (var position = 0; position < columns.Length; position++)
            {
                if (consumed[position] is { } time)
                {
                    allItems.Add(columns[position]);
                    allTimes.Add(time);
                }
            }

            starts[user + 1] = allItems.Count;
        }

        (items, times) = ([.. allItems], [.. allTimes]);
    }

    /// <summary>Ascending item indexes.</summary>
    public ReadOnlySpan<int> ItemsOf(int userIndex) => items.AsSpan(starts[userIndex]..starts[userIndex + 1]);

    /// <summary>One per item.</summary>
    public ReadOnlySpan<ConsumedTime> TimesOf(int userIndex) => times.AsSpan(starts[userIndex]..starts[userIndex + 1]);

    private static void Read(InteractionDataset dataset, int user, ReadOnlySpan<int> columns, Span<ConsumedTime?> consumed)
    {
        var userItems = dataset.UserItemIndexes(user);
        var kinds = dataset.UserKinds(user);
        var moments = dataset.UserTimes(user);
        for (var position = 0; position < userItems.Length; position++)
        {
            if (!dataset.Kinds[kinds[position]].Consumes)
                continue;
            ref var entry = ref consumed[columns.BinarySearch(userItems[position])];
            var time = ConsumedTime.Of(dataset.Kinds, kinds[position], moments[position]);
            entry = entry is { } earlier ? earlier.With(time) : time;
        }
    }
}
