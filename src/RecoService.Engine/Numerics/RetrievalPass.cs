using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RecoService.Engine.Numerics;

/// <summary>
/// Finds the items of the highest scores for up to eight users at a time, in one reading of the 8-bit factors. While scores are finite, no list differs from that of scoring every item:
/// with u' and v' for what the levels stand for, u . v is within |u'| |v - v'| + |u - u'| |v| of u' . v' by the inequality of Cauchy and Schwarz, and an item is
/// scored exactly unless its upper bound falls short of what k items reach; nor is u . v above |u| |v|, and so no item is read that is shorter than a certain length.
/// Bounds from whole numbers, then exact products of what is left:
/// Li, Chan, Yiu, Mamoulis, "FEXIPRO: Fast and Exact Inner Product Retrieval in Recommender Systems", SIGMOD 2017.
/// Nothing is allocated. <see cref="Finish"/> must be called once, and last.
/// </summary>
internal ref struct RetrievalPass
{
    private const int MaxUsers = PassUsers.Length;
    private const int Rows = PackedDots.Rows;

    private readonly QuantizedFactors items;
    private readonly ReadOnlySpan<float> scales;
    private readonly ReadOnlySpan<float> biases;
    private readonly ReadOnlySpan<ulong> blocked;
    private readonly int wordsPerUser;
    private readonly ReadOnlySpan<TopK> best;
    private readonly float[] userFactors;
    private readonly int[] levels;
    private PassUsers users;
    private int userCount;

    /// <param name="items">What is searched.</param>
    /// <param name="blocked">Places x wordsPerUser: a bit per item, set = leave out; bits beyond the end of a place count as unset.</param>
    /// <param name="wordsPerUser">The words of one place.</param>
    /// <param name="best">One per place; keeps the highest scores, and need not be empty.</param>
    public RetrievalPass(QuantizedFactors items, ReadOnlySpan<ulong> blocked, int wordsPerUser, ReadOnlySpan<TopK> best)
    {
        this.items = items;
        scales = items.Scales;
        biases = items.Biases;
        this.blocked = blocked;
        this.wordsPerUser = wordsPerUser;
        this.best = best;
        userFactors = ArrayPool<float>.Shared.Rent((MaxUsers + 2) * items.Groups * PackedDots.Group);
        levels = ArrayPool<int>.Shared.Rent(MaxUsers * items.Groups);
    }

    /// <summary>Adds a user; when there are eight, they are served at once.</summary>
    /// <param name="factors">f values.</param>
    /// <param name="offset">Added to every score.</param>
    /// <param name="position">Which of the bit sets and lists are theirs.</param>
    public void Add(ReadOnlySpan<float> factors, float offset, int position)
    {
        if (best[position].Capacity == 0)
            return;
        var width = items.Groups * PackedDots.Group;
        factors.CopyTo(FactorsOf(userCount));
        var floats = userFactors.AsSpan(MaxUsers * width, 2 * width);
        floats.Clear();
        var quantization = Quantization.Of(factors, floats[..width], floats.Slice(width, factors.Length), PackedDots.MostLevel);
        var bytes = MemoryMarshal.Cast<int, sbyte>(levels.AsSpan(userCount * items.Groups, items.Groups));
        var sum = 0;
        for (var factor = 0; factor < width; factor++)
            sum += bytes[factor] = (sbyte)floats[factor];
        users[userCount++] = new PassUser(quantization, items, offset, position) { Start = -128 * sum };
        if (userCount == MaxUsers)
            Serve();
    }

    /// <summary>Serves the users that are left, and gives the workspace back.</summary>
    public void Finish()
    {
        Serve();
        ArrayPool<float>.Shared.Return(userFactors);
        ArrayPool<int>.Shared.Return(levels);
    }

    private readonly Span<float> FactorsOf(int user) => userFactors.AsSpan(user * items.Groups * PackedDots.Group, items.Factors);

    private void Serve()
    {
        if (userCount == 0)
            return;
        Span<int> starts = stackalloc int[userCount];
        var wanted = 0;
        for (var user = 0; user < userCount; user++)
        {
            starts[user] = users[user].Start;
            wanted = Math.Max(wanted, best[users[user].Place].Capacity);
        }

        var survivors = new Survivors(items, wanted, userCount);
        for (var user = 0; user < userCount; user++)
            Survivors.Begin(ref users[user], best[users[user].Place]);

        Span<int> dots = stackalloc int[userCount * Rows];
        var packedUsers = levels.AsSpan(0, userCount * items.Groups);
        for (var block = 0; block < items.BlockCount; block++)
        {
            var reaching = Reaching(items.Lengths[block]);
            if (reaching == 0)
                break;
            PackedDots.Multiply(items.Block(block), packedUsers, starts, dots);
            for (; reaching != 0; reaching &= reaching - 1)
            {
                var user = BitOperations.TrailingZeroCount(reaching);
                var open = WithoutBlocked(items.RowsOf(block) & Passing(ref users[user], block, dots.Slice(user * Rows, Rows)), block, users[user].Place);
                if (open != 0)
                    survivors.Add(ref users[user], user, block, open, dots.Slice(user * Rows, Rows));
                // The longest rows are first, and most of the best among them: the limit rises early, and later ever more seldom.
                if (survivors.IsFull(users[user]) || BitOperations.PopCount((uint)block) <= 1)
                    survivors.MakeRoom(ref users[user], user, FactorsOf(user), best[users[user].Place]);
            }
        }

        for (var user = 0; user < userCount; user++)
            survivors.Empty(ref users[user], user, FactorsOf(user), best[users[user].Place]);
        survivors.Return();
        userCount = 0;
    }

    /// <summary>A bit per user, set unless no item of this length can be among their best.</summary>
    private uint Reaching(float itemLength)
    {
        var reaching = 0u;
        for (var user = 0; user < userCount; user++)
            reaching |= (users[user].CanReach(itemLength) ? 1u : 0) << user;
        return reaching;
    }

    private readonly ulong WithoutBlocked(ulong rows, int block, int position)
    {
        var bits = blocked.Slice(position * wordsPerUser, wordsPerUser);
        for (var left = rows; left != 0; left &= left - 1)
        {
            var row = BitOperations.TrailingZeroCount(left);
            if (Bits.IsSet(bits, items.ItemIndexes[(block * Rows) + row]))
                rows &= ~(1UL << row);
        }

        return rows;
    }

    /// <summary>A bit per row of the block, set unless its upper bound falls short of the limit; what cannot be compared passes.</summary>
    private readonly ulong Passing(ref PassUser user, int block, ReadOnlySpan<int> dots)
    {
        var hasBiases = !biases.IsEmpty;
        ref var product = ref MemoryMarshal.GetReference(dots);
        ref var itemScale = ref MemoryMarshal.GetReference(scales.Slice(block * Rows, Rows));
        ref var bias = ref MemoryMarshal.GetReference(hasBiases ? biases.Slice(block * Rows, Rows) : []);
        var (scale, bound) = (Vector256.Create(user.Scale), Vector256.Create(user.BoundOf(items, block)));
        var (top, limit) = (Vector256.Create(user.Top), Vector256.Create(user.Limit));
        var fallen = 0UL;
        for (nuint row = 0; row < Rows; row += 8)
        {
            var sum = Vector256.FusedMultiplyAdd(scale, Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref product, row)), bound);
            var constant = hasBiases ? top + Vector256.LoadUnsafe(ref bias, row) : top;
            var upper = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref itemScale, row), sum, constant);
            fallen |= (ulong)Vector256.LessThan(upper, limit).ExtractMostSignificantBits() << (int)row;
        }

        return ~fallen;
    }
}
