using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Sequence;

/// <summary>
/// When in their history a user met each item: at which moment, counted in items, a moment being all that happened at one time. Every moment but
/// the last makes an example: what came up to it, faded by d for every item that followed, is the input, and the items of the next moment are the target.
/// </summary>
internal sealed class HistoryMoments
{
    /// <summary>Fading below this is nothing: it keeps long histories from making every pair of items an entry.</summary>
    private const double LeastPower = 1e-4;

    private readonly int[] ends;
    private readonly int[] starts;
    private readonly float[] laterInputs;
    private readonly float[] powers;

    /// <param name="dataset">Tells the times.</param>
    /// <param name="interactions">X of the same dataset.</param>
    /// <param name="decay">d, 0..1.</param>
    public HistoryMoments(InteractionDataset dataset, PositiveInteractions interactions, float decay)
    {
        var userItems = interactions.UserItems;
        var longest = Enumerable.Range(0, userItems.RowCount).Select(userItems.RowLength).DefaultIfEmpty(0).Max();
        powers = [.. Enumerable.Range(0, longest + 1).Select(distance => Math.Pow(decay, distance)).TakeWhile(power => power >= LeastPower).Select(power => (float)power)];
        ends = new int[userItems.NonZeroCount];
        starts = new int[userItems.NonZeroCount];
        laterInputs = new float[userItems.NonZeroCount];
        for (var user = 0; user < userItems.RowCount; user++)
            AddUser((int)userItems.RowStart(user), TimesOf(dataset.HistoryOf(user), userItems.RowColumns(user), interactions.ItemIndexes));
    }

    /// <summary>The sum over a user's examples of the product of two items' inputs: the entry of S^T S.</summary>
    /// <param name="first">An entry of X.</param>
    /// <param name="second">Another of the same row.</param>
    public float InputProduct(int first, int second)
    {
        var later = ends[first] >= ends[second] ? first : second;
        return laterInputs[later] == 0 ? 0 : Power(Math.Abs(ends[first] - ends[second])) * laterInputs[later];
    }

    /// <summary>The input of an item in the example whose target another is, 0 if it came no earlier: the entry of S^T Y.</summary>
    /// <param name="input">An entry of X.</param>
    /// <param name="target">Another of the same row.</param>
    public float InputBefore(int input, int target) => ends[input] <= starts[target] ? Power(starts[target] - ends[input]) : 0;

    private static long[] TimesOf(in UserHistory history, ReadOnlySpan<int> columns, ReadOnlySpan<int> itemIndexes)
    {
        var times = new long[columns.Length];
        var position = 0;
        for (var entry = 0; entry < times.Length; entry++)
        {
            while (history.Items[position] != itemIndexes[columns[entry]])
                position++;
            times[entry] = history.Times[position];
        }

        return times;
    }

    private void AddUser(int rowStart, long[] times)
    {
        var entries = new int[times.Length];
        for (var entry = 0; entry < entries.Length; entry++)
            entries[entry] = rowStart + entry;
        Array.Sort(times, entries);

        // From the newest moment to the oldest. An input of a moment lives on in the examples after it, fading: c = 1 + d^(2 gap) c of the next moment.
        var (sum, nextEnd) = (0f, times.Length);
        for (var end = times.Length; end > 0;)
        {
            var start = end - 1;
            while (start > 0 && times[start - 1] == times[end - 1])
                start--;
            var fading = Power(nextEnd - end);
            sum = end == times.Length ? 0 : 1 + (fading * fading * sum);
            for (var rank = start; rank < end; rank++)
                (starts[entries[rank]], ends[entries[rank]], laterInputs[entries[rank]]) = (start, end, sum);
            (nextEnd, end) = (end, start);
        }
    }

    private float Power(int distance) => distance < powers.Length ? powers[distance] : 0;
}
