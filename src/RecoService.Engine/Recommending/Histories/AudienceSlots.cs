using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>
/// What is counted of the users of each item, and how one user counts. Everything is a sum over users, so a user's part can be added and taken out again in any order. Of a rating only the user counts,
/// for they have one per item.
/// </summary>
/// <param name="kinds">What users can do.</param>
/// <param name="viewKind">The kind that is a view; null where the shop has none.</param>
internal sealed class AudienceSlots(InteractionKinds kinds, byte? viewKind)
{
    /// <summary>Users who did anything with the item that counts.</summary>
    public const int Anybody = 0;

    /// <summary>Users who viewed it, and bought it then or later.</summary>
    public const int Converted = 1;

    /// <summary>Users who bought it on two days or more (UTC).</summary>
    public const int Returning = 2;

    private const int FirstOfKinds = 3;

    /// <summary>How many things are counted of an item.</summary>
    public int Length => FirstOfKinds + (2 * kinds.Count);

    public byte? ViewKind => viewKind;

    /// <summary>The kind that is a purchase.</summary>
    public byte Purchase => kinds.StrongestIndex;

    public InteractionKinds Kinds => kinds;

    /// <summary>Users who did something of a kind.</summary>
    public static int UsersOf(byte kindIndex) => FirstOfKinds + (2 * kindIndex);

    /// <summary>How often something of a kind was done.</summary>
    public static int EventsOf(byte kindIndex) => FirstOfKinds + (2 * kindIndex) + 1;

    /// <summary>Counts what one user did with items.</summary>
    /// <param name="items">One per interaction that counts, in any order.</param>
    /// <param name="kindIndexes">One per interaction.</param>
    /// <param name="times">One per interaction, Unix milliseconds.</param>
    /// <param name="add">Takes the item, the slot, and what the user adds to it.</param>
    public void Count(ReadOnlySpan<int> items, ReadOnlySpan<byte> kindIndexes, ReadOnlySpan<long> times, Action<int, int, int> add)
    {
        var order = new long[items.Length];
        for (var position = 0; position < order.Length; position++)
            order[position] = ((long)items[position] << 32) | (uint)position;
        Array.Sort(order);
        Span<int> counts = stackalloc int[kinds.Count];
        for (var (first, end) = (0, 0); first < order.Length; first = end)
        {
            var item = (int)(order[first] >> 32);
            counts.Clear();
            var (firstView, lastPurchase, firstPurchase) = (long.MaxValue, long.MinValue, long.MaxValue);
            for (; end < order.Length && (int)(order[end] >> 32) == item; end++)
            {
                var (kind, time) = (kindIndexes[(int)order[end]], times[(int)order[end]]);
                counts[kind]++;
                if (kind == viewKind)
                    firstView = Math.Min(firstView, time);
                if (kind == Purchase)
                    (firstPurchase, lastPurchase) = (Math.Min(firstPurchase, time), Math.Max(lastPurchase, time));
            }

            Add(item, counts, add);
            if (lastPurchase >= firstView)
                add(item, Converted, 1);
            if (firstPurchase < lastPurchase && DayOf(firstPurchase) < DayOf(lastPurchase))
                add(item, Returning, 1);
        }
    }

    private void Add(int item, ReadOnlySpan<int> counts, Action<int, int, int> add)
    {
        add(item, Anybody, 1);
        for (var kind = 0; kind < counts.Length; kind++)
        {
            if (counts[kind] == 0)
                continue;
            add(item, UsersOf((byte)kind), 1);
            add(item, EventsOf((byte)kind), kind == kinds.RatingIndex ? 1 : counts[kind]);
        }
    }

    private static long DayOf(long time) => (long)Math.Floor(time / (double)TimeSpan.MillisecondsPerDay);
}
