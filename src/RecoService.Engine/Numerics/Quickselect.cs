namespace RecoService.Engine.Numerics;

/// <summary>
/// Brings the k smallest keys to the front without sorting the rest. Hoare, "Algorithm 65: Find", CACM 4(7), 1961; pivots are medians of three, and
/// what does not shrink fast enough is sorted (Musser, "Introspective Sorting and Selection Algorithms", Software 27(8), 1997).
/// Which of several equal keys come to the front follows from the steps below and nothing else: the figures of <see cref="Evaluation.TieOrder.AsSelected"/> hang on it.
/// </summary>
internal static class Quickselect
{
    /// <summary>Rearranges <paramref name="order"/> so that its first <paramref name="k"/> + 1 entries name the smallest keys, the largest of those at place k.</summary>
    /// <param name="keys">No NaN.</param>
    /// <param name="order">Indexes of <paramref name="keys"/>.</param>
    /// <param name="k">A place of <paramref name="order"/>.</param>
    public static void Select(ReadOnlySpan<float> keys, Span<int> order, int k)
    {
        var (low, high) = (0, order.Length - 1);
        var rounds = 2 * System.Numerics.BitOperations.Log2((uint)Math.Max(order.Length, 1));
        while (low + 1 < high)
        {
            if (rounds-- == 0)
            {
                SortAll(keys, order[low..(high + 1)]);
                return;
            }

            MedianToLow(keys, order, low, high);
            var (left, right) = Partition(keys, order, low, high);
            if (right >= k)
                high = right - 1;
            if (right <= k)
                low = left;
        }

        if (high == low + 1)
            SwapIfDescending(keys, order, low, high);
    }

    /// <summary>The median of the first, the middle and the last key goes to <paramref name="low"/>, the smallest beside it, the largest to <paramref name="high"/>.</summary>
    private static void MedianToLow(ReadOnlySpan<float> keys, Span<int> order, int low, int high)
    {
        var middle = low + ((high - low) / 2);
        SwapIfDescending(keys, order, middle, high);
        SwapIfDescending(keys, order, low, high);
        SwapIfDescending(keys, order, middle, low);
        Swap(order, middle, low + 1);
    }

    /// <summary>Smaller keys to the left, larger ones to the right of the pivot, which stands at <paramref name="low"/> and ends up at Right.</summary>
    private static (int Left, int Right) Partition(ReadOnlySpan<float> keys, Span<int> order, int low, int high)
    {
        var pivot = keys[order[low]];
        var (left, right) = (low + 1, high);
        while (true)
        {
            do
                left++;
            while (keys[order[left]] < pivot);
            do
                right--;
            while (pivot < keys[order[right]]);
            if (right < left)
                break;
            Swap(order, left, right);
        }

        Swap(order, low, right);
        return (left, right);
    }

    private static void SwapIfDescending(ReadOnlySpan<float> keys, Span<int> order, int first, int second)
    {
        if (keys[order[second]] < keys[order[first]])
            Swap(order, first, second);
    }

    private static void Swap(Span<int> order, int first, int second) => (order[first], order[second]) = (order[second], order[first]);

    private static void SortAll(ReadOnlySpan<float> keys, Span<int> order)
    {
        var sorted = new float[order.Length];
        for (var position = 0; position < sorted.Length; position++)
            sorted[position] = keys[order[position]];
        sorted.AsSpan().Sort(order);
    }
}
