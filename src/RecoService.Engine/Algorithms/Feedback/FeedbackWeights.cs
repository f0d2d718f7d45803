using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Feedback;

/// <summary>
/// How much a shown item counts by its position. With e the probability of a look and r that of a touch of what is looked at, an item is touched with probability e r. Touches weighted by 1 / e (Joachims, Swaminathan,
/// Schnabel, WSDM 2017) and passes by 1, or touches by 1 and passes by e, the expectation step of the position-based model for small r (Wang, Golbandi, Bendersky, Metzler, Najork, "Position Bias Estimation for Unbiased
/// Learning to Rank in Personal Search", WSDM 2018): either way the odds are r / (1 - e r) at every position. The latter has no weight above 1, and so the smaller variance.
/// </summary>
/// <param name="use">Not <see cref="FeedbackUse.None"/>.</param>
/// <param name="exposures">What the probability of a look is learned from.</param>
internal sealed class FeedbackWeights(FeedbackUse use, Exposures exposures)
{
    /// <summary>The most that one touch may count.</summary>
    private const float MostOfTouch = 10;

    private readonly Examination examination = use == FeedbackUse.Raw ? Examination.Everywhere : Examination.Of(exposures);

    /// <summary>1 or more.</summary>
    /// <param name="place">Counted from 0.</param>
    public float OfTouch(int place) => use == FeedbackUse.InversePropensity ? Math.Min(MostOfTouch, 1 / examination.At(place)) : 1;

    /// <summary>0.01..1.</summary>
    /// <param name="place">Counted from 0.</param>
    public float OfPass(int place) => use == FeedbackUse.Debiased ? examination.At(place) : 1;
}
