using RecoService.Engine.Recommending.Filtering.Compilation;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>A list that a known user was shown, and what became of its items.</summary>
/// <param name="UserId">Who saw it.</param>
/// <param name="ShownAt">Unix milliseconds.</param>
/// <param name="ItemIds">In the order shown.</param>
/// <param name="Clicked">One per item.</param>
/// <param name="Bought">One per item.</param>
/// <param name="Context">What the request said of itself; null for nothing.</param>
public sealed record ListOutcome(string UserId, long ShownAt, IReadOnlyList<string> ItemIds, bool[] Clicked, bool[] Bought, IReadOnlyDictionary<string, FilterValue>? Context = null);

/// <summary>What it takes to learn probabilities, and at which position they hold.</summary>
/// <param name="MinShownItems">So many items must have been shown; above 0.</param>
/// <param name="MinClicks">So many of them clicked; above 0.</param>
/// <param name="MinPurchases">So many of them bought, or no purchases are predicted; above 0.</param>
/// <param name="ReferencePosition">From 1: probabilities are those of an item that is shown there.</param>
public sealed record ResponseOptions(int MinShownItems = 1_000, int MinClicks = 100, int MinPurchases = 100, int ReferencePosition = 1);

/// <summary>What came of learning.</summary>
/// <param name="ShownItems">How many there were to learn from.</param>
/// <param name="Clicks">How many of them were clicked.</param>
/// <param name="Purchases">How many were bought.</param>
/// <param name="Predictor">Null where that is not enough.</param>
/// <param name="Bounds">What LinUCB goes by; null where nothing was shown.</param>
public sealed record ResponseLearning(int ShownItems, int Clicks, int Purchases, ResponsePredictor? Predictor, ClickBounds? Bounds);

/// <summary>The predictor of a shop, which outlives serving states; one reference, read once per request.</summary>
public sealed class LiveResponsePredictor
{
    private volatile ResponsePredictor? current;
    private volatile ClickBounds? bounds;

    /// <summary>Null until there is one.</summary>
    public ResponsePredictor? Current
    {
        get => current;
        set => current = value;
    }

    /// <summary>Null until something was learned, however little.</summary>
    public ClickBounds? Bounds
    {
        get => bounds;
        set => bounds = value;
    }
}

/// <summary>By what expected value a list is ordered.</summary>
public enum ListObjective
{
    /// <summary>By none.</summary>
    None,

    /// <summary>The probability of a click.</summary>
    Clicks,

    /// <summary>The probability of a purchase.</summary>
    Purchases,

    /// <summary>The probability of a purchase times the price of now.</summary>
    Revenue,

    /// <summary>The probability of a purchase times what the price of now leaves over the cost.</summary>
    Margin,
}
