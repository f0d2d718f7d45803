namespace RecoService.Engine.Recommending.Prediction;

/// <summary>What was shown of an item, or to a user, and what came of it.</summary>
internal struct ResponseTally
{
    /// <summary>So many expected responses are added to both counts, or the first click would say too much.</summary>
    private const float Prior = 2;

    /// <summary>Clicks that the positions alone would have brought.</summary>
    public float ExpectedClicks;

    public float Clicks;

    /// <summary>Purchases that the positions alone would have brought.</summary>
    public float ExpectedPurchases;

    public float Purchases;

    /// <summary>
    /// ln of clicks over expected clicks, and the same of purchases; 0 where nothing is known. Zhang, Jones, "Comparing Click Logs and Editorial Labels for Training Query Rewriting", WWW 2007 (clicks
    /// over expected clicks: position bias is divided out).
    /// </summary>
    public readonly ResponseRate Rate => new(MathF.Log((Clicks + Prior) / (ExpectedClicks + Prior)), MathF.Log((Purchases + Prior) / (ExpectedPurchases + Prior)));
}

/// <summary>How much more is clicked and bought than the positions alone would bring, as logarithms; 0 for what nobody knows.</summary>
internal readonly record struct ResponseRate(float Clicks, float Purchases);

/// <summary>Positions of lists in groups that are looked at alike: 1, 2, 3, 4-5, 6-10, 11-20, and what follows.</summary>
internal sealed class PositionRates
{
    public const int Groups = 7;

    /// <summary>So many items shown at the rate of all are added to each group.</summary>
    private const double Prior = 100;

    private readonly long[] shown = new long[Groups];
    private readonly long[] clicks = new long[Groups];
    private readonly long[] purchases = new long[Groups];

    /// <param name="position">From 1.</param>
    public static int GroupOf(int position) => position switch
    {
        <= 3 => Math.Max(0, position - 1),
        <= 5 => 3,
        <= 10 => 4,
        <= 20 => 5,
        _ => 6,
    };

    public void Add(int position, bool clicked, bool bought)
    {
        var group = GroupOf(position);
        shown[group]++;
        clicks[group] += clicked ? 1 : 0;
        purchases[group] += bought ? 1 : 0;
    }

    /// <summary>Clicks per item shown, of each group.</summary>
    public float[] ClickRates => RatesOf(clicks);

    /// <summary>Purchases per item shown, of each group.</summary>
    public float[] PurchaseRates => RatesOf(purchases);

    private float[] RatesOf(long[] counts)
    {
        var all = counts.Sum() / (double)Math.Max(1, shown.Sum());
        return [.. counts.Select((count, group) => (float)((count + (Prior * all)) / (shown[group] + Prior)))];
    }
}
