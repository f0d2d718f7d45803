using System.Collections;

namespace RecoService.MlNet;

/// <summary>One training row as ML.NET reads it by name; both keys are 0-based.</summary>
internal sealed class SampledRow
{
    public bool Label { get; set; }

    public uint User { get; set; }

    public uint Item { get; set; }
}

/// <summary>
/// The pairs that happened, each followed by some that did not. Every pass over the rows has another order and other such pairs, so that an epoch of ML.NET,
/// which is one pass, learns from new ones. The same seed gives the same passes.
/// </summary>
/// <param name="pairs">What happened.</param>
/// <param name="negatives">Pairs that did not happen, for each that did.</param>
/// <param name="popularity">An item is drawn by its number of users to this power, 0..1.</param>
/// <param name="seed">Of order and draws.</param>
/// <param name="report">Told the number of the pass, and how much of it is done.</param>
internal sealed class SampledRows(PositivePairs pairs, int negatives, double popularity, int seed, Action<int, double> report) : IEnumerable<SampledRow>
{
    private const int Attempts = 16;
    private const int ReportEvery = 1024;

    private readonly double[] cumulated = Cumulate(pairs.UsersOfItem, popularity);

    private int passes;

    public IEnumerator<SampledRow> GetEnumerator()
    {
        var pass = passes++;
        var random = new Random(unchecked((seed * 31) + pass));
        var order = new int[pairs.Count];
        for (var position = 0; position < order.Length; position++)
            order[position] = position;
        random.Shuffle(order);
        for (var done = 0; done < order.Length; done++)
        {
            if (done % ReportEvery == 0)
                report(pass, (double)done / order.Length);
            var (user, item) = (pairs.Users[order[done]], pairs.Items[order[done]]);
            yield return new SampledRow { Label = true, User = (uint)user, Item = (uint)item };
            for (var negative = 0; negative < negatives; negative++)
            {
                if (TryDraw(user, random, out var other))
                    yield return new SampledRow { Label = false, User = (uint)user, Item = (uint)other };
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>False when the user seems to have everything.</summary>
    private bool TryDraw(int user, Random random, out int item)
    {
        item = -1;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var position = Array.BinarySearch(cumulated, random.NextDouble() * cumulated[^1]);
            // A number that stands there belongs to the next item, and items that nobody has are never drawn: their stretch is empty.
            item = Math.Min(position >= 0 ? position + 1 : ~position, cumulated.Length - 1);
            while (pairs.UsersOfItem[item] == 0)
                item--;
            if (!pairs.Contains(user, item))
                return true;
        }

        return false;
    }

    private static double[] Cumulate(int[] users, double power)
    {
        var sums = new double[users.Length];
        var sum = 0.0;
        for (var item = 0; item < users.Length; item++)
            sums[item] = sum += users[item] == 0 ? 0 : Math.Pow(users[item], power);
        return sums;
    }
}
