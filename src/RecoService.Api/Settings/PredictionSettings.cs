using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Api.Settings;

/// <summary>What the probabilities of clicks and purchases are learned from: <c>docs/prediction.md</c>.</summary>
public sealed class PredictionSettings
{
    /// <summary>Whether probabilities are learned and predicted.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How often each replica learns anew; it does so after each publication, too.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>So many shown items are learned from at most, the newest; each takes about 250 bytes while that lasts.</summary>
    [Range(100, 5_000_000)]
    public int MaxShownItems { get; set; } = 200_000;

    /// <summary>A list counts once it is as old as this: what became of it has to be known.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan OutcomeDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Nothing is predicted from fewer shown items.</summary>
    [Range(100, 5_000_000)]
    public int MinShownItems { get; set; } = 1_000;

    /// <summary>Nothing is predicted from fewer clicks on them.</summary>
    [Range(10, 1_000_000)]
    public int MinClicks { get; set; } = 100;

    /// <summary>No purchases are predicted from fewer purchases of them.</summary>
    [Range(10, 1_000_000)]
    public int MinPurchases { get; set; } = 100;

    /// <summary>Probabilities are those of an item that is shown at this position of a list, counted from 1.</summary>
    [Range(1, 200)]
    public int ReferencePosition { get; set; } = 1;

    /// <summary>The attribute of items that has what they cost the shop, a number in the currency of the price: the objective <c>margin</c> takes it from the price.</summary>
    public string CostAttribute { get; set; } = "cost";

    /// <summary>What settings contradict each other, each as an error at the start says it.</summary>
    internal IEnumerable<string> Faults()
    {
        if (MinShownItems > MaxShownItems)
            yield return $"Reco:Prediction:MinShownItems: {MinShownItems} are more than Reco:Prediction:MaxShownItems allows, {MaxShownItems}.";
    }

    internal ResponseOptions ToOptions() => new(MinShownItems, MinClicks, MinPurchases, ReferencePosition);
}
