namespace RecoService.Engine.Recommending.Profiles;

/// <summary>
/// The segments that a user likely belongs to, by plain rules over what they did. Of <see cref="Dormant"/>, <see cref="Lapsing"/> and <see cref="Active"/> the first that holds is named, and any of
/// the others beside it. What is not known speaks for nothing.
/// </summary>
public static class Segments
{
    /// <summary>The first interaction is recent.</summary>
    public const string New = "new";

    /// <summary>The last interaction is recent.</summary>
    public const string Active = "active";

    /// <summary>On at least three days, and away for much longer than between these.</summary>
    public const string Lapsing = "lapsing";

    /// <summary>Away for very long.</summary>
    public const string Dormant = "dormant";

    /// <summary>Purchases on several days, the last not too long ago.</summary>
    public const string Loyal = "loyal";

    /// <summary>Much of what the user bought is on sale. Whether it was when they bought it is not known.</summary>
    public const string BargainHunter = "bargain-hunter";

    /// <summary>The user's prices are high for the catalogue.</summary>
    public const string BigSpender = "big-spender";

    /// <summary>Days or purchases, with fewer of which a habit is a guess.</summary>
    private const int LeastForHabit = 3;

    internal static IReadOnlyList<Segment> Of(in SegmentFacts facts, SegmentRules rules)
    {
        var segments = new List<Segment>();
        if (facts is { DaysSinceFirst: { } first, IsComplete: true } && first <= rules.NewFor.TotalDays)
            segments.Add(Because(New, ("daysSinceFirst", first)));
        if (facts.DaysSinceLast is { } last)
            AddByRecency(segments, facts, last, rules);
        if (facts.PurchaseDays >= rules.LoyalDays && facts.DaysSincePurchase is { } bought && bought <= rules.DormantAfter.TotalDays)
            segments.Add(Because(Loyal, ("purchaseDays", facts.PurchaseDays), ("daysSincePurchase", bought)));
        if (facts.Purchases >= LeastForHabit && facts.PurchasesOnSale / (double)facts.Purchases is var onSale && onSale >= rules.BargainShare && facts.PurchasesOnSale > 0)
            segments.Add(Because(BargainHunter, ("purchases", facts.Purchases), ("onSaleShare", onSale)));
        if (facts.PriceShare is { } share && share >= rules.BigSpenderShare)
            segments.Add(Because(BigSpender, ("catalogueShare", share)));
        return segments;
    }

    private static void AddByRecency(List<Segment> segments, in SegmentFacts facts, double last, SegmentRules rules)
    {
        if (last > rules.DormantAfter.TotalDays)
            segments.Add(Because(Dormant, ("daysSinceLast", last)));
        else if (facts.Days >= LeastForHabit && facts.IntervalDays is { } interval && last > Math.Max(rules.LapsingAfter.TotalDays, rules.LapsingIntervals * interval))
            segments.Add(Because(Lapsing, ("daysSinceLast", last), ("ownIntervalDays", interval)));
        else if (last <= rules.ActiveWithin.TotalDays)
            segments.Add(Because(Active, ("daysSinceLast", last)));
    }

    private static Segment Because(string name, params (string Figure, double Value)[] evidence) =>
        new(name, evidence.ToDictionary(figure => figure.Figure, figure => Math.Round(figure.Value, 4), StringComparer.Ordinal));
}

/// <summary>What the rules of the segments look at; null is not known.</summary>
internal readonly record struct SegmentFacts
{
    /// <summary>Since the first interaction that is known.</summary>
    public double? DaysSinceFirst { get; init; }

    /// <summary>Since the last one.</summary>
    public double? DaysSinceLast { get; init; }

    /// <summary>Whether the first one that is known is the first there was.</summary>
    public bool IsComplete { get; init; }

    /// <summary>On how many days (UTC) the user did something.</summary>
    public int Days { get; init; }

    /// <summary>Between two of these, on the average.</summary>
    public double? IntervalDays { get; init; }

    /// <summary>On how many days (UTC) they bought something.</summary>
    public int PurchaseDays { get; init; }

    /// <summary>Since the last purchase.</summary>
    public double? DaysSincePurchase { get; init; }

    /// <summary>How often they bought something.</summary>
    public int Purchases { get; init; }

    /// <summary>How many of the purchases are of items that are on sale now.</summary>
    public int PurchasesOnSale { get; init; }

    /// <summary>The part of the catalogue's items that cost no more than the user's median, 0..1.</summary>
    public double? PriceShare { get; init; }
}
