using System.Buffers;
using System.Numerics;

namespace RecoService.Engine.Numerics;

/// <summary>
/// The items that may be among the best, with bounds of their scores, for each user of a <see cref="RetrievalPass"/>. They gather until there is no room;
/// then what falls short of the k-th highest lower bound is dropped, and where that does not make room, all are scored exactly.
/// </summary>
internal readonly ref struct Survivors
{
    private const int RoomPerWanted = 4;

    private readonly QuantizedFactors items;
    private readonly int capacity;
    private readonly int[] indexes;
    private readonly float[] uppers;

    /// <param name="items">What is searched.</param>
    /// <param name="wanted">The most items a user wants, at least 1.</param>
    /// <param name="users">How many users.</param>
    public Survivors(QuantizedFactors items, int wanted, int users)
    {
        this.items = items;
        // Room for four times as many as are wanted: with less, items are dropped too often, with more, too many are kept that will be dropped.
        var blocks = 2 + Math.Min((RoomPerWanted * Math.Min(wanted, items.RowCount) / PackedDots.Rows) + 1, items.BlockCount);
        capacity = blocks * PackedDots.Rows;
        indexes = ArrayPool<int>.Shared.Rent(2 * users * capacity);
        uppers = ArrayPool<float>.Shared.Rent(users * capacity);
    }

    /// <summary>Nothing survives that does not reach what the list holds already.</summary>
    public static void Begin(ref PassUser user, TopK best) => (user.Limit, user.Count) = (best.Threshold, 0);

    /// <summary>Adds items of a block.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="slot">Which of the users.</param>
    /// <param name="block">A block of the factors.</param>
    /// <param name="rows">A bit per row of the block, set = add.</param>
    /// <param name="dots">64 products of levels.</param>
    public void Add(ref PassUser user, int slot, int block, ulong rows, ReadOnlySpan<int> dots)
    {
        var kept = KeptOf(slot);
        var most = UppersOf(slot);
        var lowers = LowersOf(slot);
        var position = user.Count;
        var bound = user.BoundOf(items, block);
        for (; rows != 0; rows &= rows - 1)
        {
            var row = BitOperations.TrailingZeroCount(rows);
            var (lower, upper) = user.RangeOf(items, (block * PackedDots.Rows) + row, dots[row], bound);
            (kept[position], most[position], lowers[position]) = (items.ItemIndexes[(block * PackedDots.Rows) + row], upper, OrderedBits.Of(lower));
            position++;
        }

        user.Count = position;
    }

    /// <summary>Whether the next block might not find room.</summary>
    public bool IsFull(in PassUser user) => user.Count > capacity - PackedDots.Rows;

    /// <summary>Makes room for two blocks at least.</summary>
    public void MakeRoom(ref PassUser user, int slot, ReadOnlySpan<float> factors, TopK best)
    {
        Drop(ref user, slot, best.Capacity);
        if (user.Count > capacity - (2 * PackedDots.Rows))
            Score(ref user, slot, factors, best);
    }

    /// <summary>Scores what is left.</summary>
    public void Empty(ref PassUser user, int slot, ReadOnlySpan<float> factors, TopK best)
    {
        Drop(ref user, slot, best.Capacity);
        Score(ref user, slot, factors, best);
    }

    public void Return()
    {
        ArrayPool<int>.Shared.Return(indexes);
        ArrayPool<float>.Shared.Return(uppers);
    }

    private void Drop(ref PassUser user, int slot, int wanted)
    {
        if (user.Count <= wanted)
            return;
        var lowers = LowersOf(slot);
        var padded = (user.Count + OrderedBits.Width - 1) / OrderedBits.Width * OrderedBits.Width;
        lowers[user.Count..padded].Fill(int.MinValue);
        user.Limit = OrderedBits.ToFloat(OrderedBits.KthLargest(lowers[..padded], wanted, OrderedBits.Of(user.Limit)));

        var kept = KeptOf(slot);
        var most = UppersOf(slot);
        var count = 0;
        for (var position = 0; position < user.Count; position++)
        {
            // Written whether it stays or not, since about half of them do and a branch would be guessed wrong as often.
            (kept[count], most[count], lowers[count]) = (kept[position], most[position], lowers[position]);
            count += most[count] < user.Limit ? 0 : 1;
        }

        user.Count = count;
    }

    private void Score(ref PassUser user, int slot, ReadOnlySpan<float> factors, TopK best)
    {
        var kept = KeptOf(slot)[..user.Count];
        var most = UppersOf(slot);
        for (var position = 0; position < kept.Length; position++)
        {
            if (!(most[position] < best.Threshold))
                best.Offer(kept[position], items.ScoreOf(factors, user.Offset, kept[position]));
        }

        user.Limit = Math.Max(user.Limit, best.Threshold);
        user.Count = 0;
    }

    private Span<int> KeptOf(int slot) => indexes.AsSpan(2 * slot * capacity, capacity);

    /// <summary>The lower bounds as <see cref="OrderedBits"/>.</summary>
    private Span<int> LowersOf(int slot) => indexes.AsSpan(((2 * slot) + 1) * capacity, capacity);

    private Span<float> UppersOf(int slot) => uppers.AsSpan(slot * capacity, capacity);
}
