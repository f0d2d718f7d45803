namespace RecoService.Engine.Algorithms.Popularity;

/// <summary>Counts the interactions of one stretch of time by item, user after user.</summary>
internal sealed class ItemTally(int itemCount, PopularityCount count)
{
    private readonly double[] ofUser = new double[count == PopularityCount.Users ? itemCount : 0];
    private readonly double[] remainingOfUser = new double[count == PopularityCount.Users ? itemCount : 0];
    private readonly List<int> touched = [];

    /// <summary>|I| sums of what was counted; below 0 for an item more disliked than liked.</summary>
    public double[] Sums { get; } = new double[itemCount];

    /// <summary>|I| sums of the squares of what was counted.</summary>
    public double[] Squares { get; } = new double[itemCount];

    /// <summary>How many single counts the sums are made of.</summary>
    public long Counts { get; private set; }

    /// <param name="item">The item's index.</param>
    /// <param name="weight">What the interaction says; below 0 is against.</param>
    /// <param name="remaining">What age has left of it, 0 to 1. The last one of a user with an item is theirs.</param>
    public void Add(int item, double weight, double remaining)
    {
        if (count == PopularityCount.Weights)
        {
            Count(item, weight * remaining);
            return;
        }

        touched.Add(item);
        ofUser[item] += weight;
        remainingOfUser[item] = remaining;
    }

    /// <summary>The next interactions are another user's.</summary>
    public void EndUser()
    {
        foreach (var item in touched)
        {
            if (ofUser[item] > 0)
                Count(item, remainingOfUser[item]);
            ofUser[item] = 0;
        }

        touched.Clear();
    }

    private void Count(int item, double amount)
    {
        Sums[item] += amount;
        Squares[item] += amount * amount;
        Counts++;
    }
}
