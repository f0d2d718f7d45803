using System.Buffers;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>
/// What a user took, basket by basket. Every item that they are for as a whole counts once in each basket it stands in. Where the single interactions are not known,
/// each item stands once, at its last time. Rents its arrays: to be disposed of.
/// </summary>
internal readonly ref struct BasketSequence
{
    private readonly ReadOnlySpan<int> ownItems;
    private readonly ReadOnlySpan<float> ownWeights;
    private readonly int eventCount;
    private readonly int[] items;
    private readonly int[] ages;
    private readonly long[] times;

    public BasketSequence(in UserHistory user, BasketUnit unit)
    {
        ownItems = user.Items;
        ownWeights = user.Weights;
        var events = user.Events;
        eventCount = events.Count > 0 ? events.Count : user.Items.Length;
        items = ArrayPool<int>.Shared.Rent(eventCount);
        ages = ArrayPool<int>.Shared.Rent(eventCount);
        times = ArrayPool<long>.Shared.Rent(eventCount);
        (events.Count > 0 ? events.Items : user.Items).CopyTo(items);
        (events.Count > 0 ? events.Times : user.Times).CopyTo(times);
        if (events.Count == 0)
            times.AsSpan(0, eventCount).Sort(items.AsSpan(0, eventCount));

        // From the newest on; the time of a basket takes the place of one that has been read.
        for (var position = eventCount - 1; position >= 0; position--)
        {
            var time = times[position];
            if (Count == 0 || !IsOne(time, times[eventCount - Count], unit))
            {
                Count++;
                times[eventCount - Count] = time;
            }

            ages[position] = Count - 1;
        }
    }

    /// <summary>How many baskets there are.</summary>
    public int Count { get; }

    /// <summary>Unix milliseconds of the newest interaction of a basket.</summary>
    /// <param name="age">How many baskets are newer; 0 is the newest.</param>
    public long TimeOf(int age) => times[eventCount - 1 - age];

    /// <summary>Adds up, for each item of the history, the weights of the baskets it stands in.</summary>
    /// <param name="weights">One per basket, newest first.</param>
    /// <param name="sums">One per item of the history, in its order; overwritten. 0 for an item that the user is not for.</param>
    public void Sum(ReadOnlySpan<float> weights, Span<float> sums)
    {
        sums.Clear();
        var rented = ArrayPool<int>.Shared.Rent(ownItems.Length);
        var last = rented.AsSpan(0, ownItems.Length);
        last.Fill(-1);
        for (var position = eventCount - 1; position >= 0; position--)
        {
            var own = ownItems.BinarySearch(items[position]);
            if (own < 0 || !(ownWeights[own] > 0) || last[own] == ages[position])
                continue;
            last[own] = ages[position];
            sums[own] += weights[ages[position]];
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(items);
        ArrayPool<int>.Shared.Return(ages);
        ArrayPool<long>.Shared.Return(times);
    }

    private static bool IsOne(long time, long other, BasketUnit unit) => unit == BasketUnit.Moment
        ? time == other
        : DayOf(time) == DayOf(other);

    /// <summary>Times before 1970 have days too.</summary>
    private static long DayOf(long time) => (long)Math.Floor((double)time / TimeSpan.MillisecondsPerDay);
}
