using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Retrieval;

/// <summary>
/// How many users each item has won, of late and over a longer time: two sums over its users, each fading from the moment at which the user was first for it. They are kept as if seen from one fixed
/// moment, so that nothing has to be faded when time goes on (forward decay: Cormode, Shkapenyuk, Srivastava, Xu, ICDE 2009). A user counts once per item, however often they come back.
/// Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
internal sealed class ItemDemand
{
    /// <summary>Days after which a user counts half of late.</summary>
    private const double LateHalfLife = 3;

    /// <summary>Days after which a user counts half over the longer time.</summary>
    private const double LongHalfLife = 30;

    /// <summary>So many users more on either side: with fewer of late an item does not grow, whatever its past.</summary>
    private const double Prior = 3;

    /// <summary>Beyond so many half-lives the sums would leave the range of a float; the state is built anew long before.</summary>
    private const double MostHalfLives = 100;

    private readonly long from;
    private volatile Sums sums;
    private double lateTotal;
    private double longTotal;

    /// <param name="histories">What every user had done when the state was built.</param>
    public ItemDemand(InteractionDataset histories)
    {
        from = histories.LatestTime ?? 0;
        sums = new Sums(new float[histories.Items.Count], new float[histories.Items.Count]);
        var lastUser = new int[histories.Items.Count];
        for (var user = 0; user < histories.Users.Count; user++)
        {
            var items = histories.UserItemIndexes(user);
            var kinds = histories.UserKinds(user);
            var values = histories.UserValues(user);
            var times = histories.UserTimes(user);
            for (var position = 0; position < items.Length; position++)
            {
                if (lastUser[items[position]] == user + 1 || histories.Kinds.WeightOf(kinds[position], values[position]) <= 0)
                    continue;
                lastUser[items[position]] = user + 1;
                Add(items[position], times[position]);
            }
        }
    }

    /// <summary>Counts a user who is for an item from now on.</summary>
    /// <param name="itemIndex">The item; one that is new makes room for itself.</param>
    /// <param name="time">Unix milliseconds at which they did it.</param>
    public void Add(int itemIndex, long time)
    {
        if (itemIndex >= sums.Late.Length)
            sums = sums.Grown(itemIndex + 1);
        var (late, longer) = (Seen(time, LateHalfLife), Seen(time, LongHalfLife));
        sums.Late[itemIndex] += (float)late;
        sums.Longer[itemIndex] += (float)longer;
        Volatile.Write(ref lateTotal, lateTotal + late);
        Volatile.Write(ref longTotal, longTotal + longer);
    }

    /// <summary>Offers the items that grow faster than the shop as a whole: (n + 3) / (e + 3) above 1, where n users came of late, and e would have, had the item kept its share of the shop's demand.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="blocked">A bit per item index, set = leave out.</param>
    /// <param name="best">Keeps the fastest.</param>
    public void Collect(long now, ReadOnlySpan<ulong> blocked, TopK best)
    {
        var known = sums;
        var (late, longer) = (Volatile.Read(ref lateTotal), Volatile.Read(ref longTotal));
        if (late <= 0 || longer <= 0)
            return;
        var fade = (float)(1 / Seen(now, LateHalfLife));
        var share = (float)(late / longer);
        var count = Math.Min(known.Late.Length, blocked.Length << 6);
        for (var item = 0; item < count; item++)
        {
            if (known.Late[item] <= share * known.Longer[item] || Bits.IsSet(blocked, item))
                continue;
            var growth = GrowthOf(fade * known.Late[item], fade * share * known.Longer[item]);
            if (growth > 1)
                best.Offer(item, growth);
        }
    }

    /// <summary>How one item does against its own past.</summary>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="itemIndex">The item.</param>
    public ItemGrowth Of(long now, int itemIndex)
    {
        var known = sums;
        var (late, longer) = (Volatile.Read(ref lateTotal), Volatile.Read(ref longTotal));
        if (late <= 0 || longer <= 0 || itemIndex >= known.Late.Length)
            return new ItemGrowth(1, 0, 0);
        var fade = (float)(1 / Seen(now, LateHalfLife));
        var (came, expected) = (fade * known.Late[itemIndex], fade * (float)(late / longer) * known.Longer[itemIndex]);
        return new ItemGrowth(GrowthOf(came, expected), came, expected);
    }

    private static float GrowthOf(float came, float expected) => (came + (float)Prior) / (expected + (float)Prior);

    /// <summary>What a user counts who came at a time, seen from the fixed moment.</summary>
    private double Seen(long time, double halfLife) => Math.Pow(2, Math.Clamp((time - from) / (TimeSpan.MillisecondsPerDay * halfLife), -MostHalfLives, MostHalfLives));

    /// <param name="Growth">(n + 3) / (e + 3): above 1 the item grows faster than the shop, below 1 more slowly.</param>
    /// <param name="Users">n: users who came of late, each counting half after three days.</param>
    /// <param name="Expected">e: as many as would have come, had the item kept its share of the shop's demand.</param>
    public readonly record struct ItemGrowth(float Growth, float Users, float Expected);

    private sealed record Sums(float[] Late, float[] Longer)
    {
        public Sums Grown(int count)
        {
            var (late, longer) = (Late, Longer);
            var length = Math.Max(count, late.Length + (late.Length / 4));
            Array.Resize(ref late, length);
            Array.Resize(ref longer, length);
            return new Sums(late, longer);
        }
    }
}
