using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms;

/// <summary>Ways for a user to get factors, by what the factors of a model trained elsewhere mean.</summary>
public static class FoldIns
{
    /// <summary>By ridge regression on the user's ratings, for factors that predict them.</summary>
    /// <param name="regularization">Weight of the user's squared factors, per rating of theirs; at least 0.</param>
    /// <param name="isNonNegative">Whether no factor may lie below 0.</param>
    public static FoldIn OfRatings(float regularization, bool isNonNegative = false) => new RatingFoldIn(regularization, biasRegularization: 0, isNonNegative);

    /// <summary>By least squares over all items, for factors whose score is near 1 for a pair that happened and near 0 for one that did not.</summary>
    /// <param name="itemFactors">|I| x f; rows of NaN are unknown.</param>
    /// <param name="excess">How many times more a pair that happened counts than one that did not, less 1; at least 0.</param>
    /// <param name="regularization">Weight of the user's squared factors, where a pair that did not happen has weight 1; above 0.</param>
    public static FoldIn OfPairs(FactorMatrix itemFactors, float excess, float regularization)
    {
        var known = (float[])itemFactors.Values.Clone();
        known.AsSpan().Replace(float.NaN, 0f);
        var options = new ImplicitAlsOptions
        {
            Alpha = excess,
            Confidence = ConfidenceScale.Linear,
            UnobservedWeight = 1,
        };
        var gram = GramMatrix.Of(new FactorMatrix(itemFactors.RowCount, itemFactors.Factors, known), new TrainingContext());
        return new ImplicitAlsFoldIn(options, new RowRegularization(regularization), gram, isBinary: true);
    }

    /// <summary>By comparing each item the user wants with others, for factors whose sigmoid is a probability: the scores of wanted items rise above the rest, biases included.</summary>
    /// <param name="regularization">Weight of the user's squared factors, per comparison; at least 0.</param>
    public static FoldIn OfComparisons(float regularization) => new BprFoldIn(regularization, []);
}
