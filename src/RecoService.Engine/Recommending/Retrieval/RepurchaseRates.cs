using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// When users buy what again, learned from what every user had bought when the state was built, and read when it is first asked about: of each item, how many of its buyers came back for it, and how many
/// days lie between two purchases. As in Bhagat, Muralidharan, Lobzhanidze and Vishwanath ("Buy It Again", KDD 2018) the share of buyers who come back weighs an item, and a user's own interval is drawn
/// towards the item's (Gamma prior). How often the user bought it weighs it too, old purchases less, as the personal frequency of Hu, He, Gao and Zhang (SIGIR 2020). Purchases of one item by one user follow
/// an Erlang-2 process (Chatfield and Goodhardt, 1973), so what was just bought is not due.
/// </summary>
internal sealed class RepurchaseRates
{
    /// <summary>So many buyers as the shop's own say as much as those of the item.</summary>
    private const double PriorBuyers = 5;

    /// <summary>The prior of a user's interval says as much as one repeat of theirs.</summary>
    private const double Shape = 1;

    /// <summary>Without any repeat in the shop, a month is as good a guess as any.</summary>
    private const double UnknownInterval = 30;

    /// <summary>After so many days a purchase counts half; chosen on a validation part, see docs/placements.md.</summary>
    private const double HalfLifeDays = 300;

    private readonly Lazy<Learned> learned;

    /// <param name="histories">What every user had done.</param>
    public RepurchaseRates(InteractionDataset histories)
    {
        Purchase = histories.Kinds.StrongestIndex;
        learned = new(() => Learn(histories));
    }

    /// <summary>The kind of interaction that is a purchase: an index of the kinds table.</summary>
    public byte Purchase { get; }

    /// <summary>The days between two purchases of an item by one user, on the average; the shop's own where the item says little.</summary>
    public double IntervalDays(int itemIndex) => itemIndex < learned.Value.Intervals.Length ? learned.Value.Intervals[itemIndex] : learned.Value.ShopInterval;

    /// <summary>How likely somebody who has an item buys it again at all, 0..1.</summary>
    public double RepeatShare(int itemIndex) => itemIndex < learned.Value.Repeats.Length ? learned.Value.Repeats[itemIndex] : learned.Value.ShopRepeat;

    /// <summary>What a purchase counts, 0..1.</summary>
    /// <param name="days">Since then.</param>
    public static double WeightOf(double days) => Math.Pow(2, -days / HalfLifeDays);

    /// <summary>
    /// How due an item is: s w sqrt(2 t / (m + 2 t)), where s is the share of its buyers who come back, w what the user's own purchases count, t the days since the last one, and m the days between two. What
    /// stands under the root is the hazard of a purchase now, relative to its limit for long t. On a validation part it made no difference beyond chance with the root or without it.
    /// </summary>
    /// <param name="itemIndex">The item.</param>
    /// <param name="count">On how many days the user bought it; at least 1.</param>
    /// <param name="weight">What these days count: the sum of <see cref="WeightOf"/>.</param>
    /// <param name="first">Days since the first of them.</param>
    /// <param name="last">Days since the last of them.</param>
    /// <returns>0 of what was bought just now; at most <paramref name="weight"/>, higher is more due.</returns>
    public double DueScore(int itemIndex, int count, double weight, double first, double last)
    {
        // The prior says one interval of the item; the user's own repeats move it.
        var interval = ((Shape * IntervalDays(itemIndex)) + Math.Max(0, first - last)) / (Shape + count - 1);
        return RepeatShare(itemIndex) * weight * Math.Sqrt(2 * last / (interval + (2 * last)));
    }

    private Learned Learn(InteractionDataset histories)
    {
        var itemCount = histories.Items.Count;
        var (buyers, returned, gaps, gapDays) = (new int[itemCount], new int[itemCount], new int[itemCount], new double[itemCount]);
        var seen = new Dictionary<int, (long Day, bool HasReturned)>();
        for (var user = 0; user < histories.Users.Count; user++)
        {
            seen.Clear();
            var items = histories.UserItemIndexes(user);
            var kinds = histories.UserKinds(user);
            var times = histories.UserTimes(user);
            for (var position = 0; position < items.Length; position++)
            {
                if (kinds[position] != Purchase)
                    continue;
                var (item, day) = (items[position], DayOf(times[position]));
                if (!seen.TryGetValue(item, out var before))
                {
                    buyers[item]++;
                    seen[item] = (day, false);
                }
                else if (day > before.Day)
                {
                    returned[item] += before.HasReturned ? 0 : 1;
                    gaps[item]++;
                    gapDays[item] += day - before.Day;
                    seen[item] = (day, true);
                }
            }
        }

        var shopRepeat = (returned.Sum() + 1.0) / (buyers.Sum() + 2.0);
        var shopInterval = gaps.Sum() is var all and > 0 ? gapDays.Sum() / all : UnknownInterval;
        var (repeats, intervals) = (new float[itemCount], new float[itemCount]);
        for (var item = 0; item < itemCount; item++)
        {
            repeats[item] = (float)((returned[item] + (PriorBuyers * shopRepeat)) / (buyers[item] + PriorBuyers));
            intervals[item] = (float)((gapDays[item] + (PriorBuyers * shopInterval)) / (gaps[item] + PriorBuyers));
        }

        return new Learned(repeats, intervals, shopRepeat, shopInterval);
    }

    /// <summary>The day (UTC) of a time, counted from 1970.</summary>
    public static long DayOf(long time) => (long)Math.Floor(time / (double)TimeSpan.MillisecondsPerDay);

    /// <param name="Repeats">|I|: the share of an item's buyers who came back for it, drawn towards the shop's.</param>
    /// <param name="Intervals">|I|: days between two purchases, drawn towards the shop's.</param>
    /// <param name="ShopRepeat">Over all items.</param>
    /// <param name="ShopInterval">Over all items.</param>
    private sealed record Learned(float[] Repeats, float[] Intervals, double ShopRepeat, double ShopInterval);
}
