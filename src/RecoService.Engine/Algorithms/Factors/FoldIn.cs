using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>
/// How a user gets factors from their history against the item factors of a trained model, as the model's own training would give them.
/// Holds parameters alone and is stored with the model. Immutable.
/// </summary>
public abstract class FoldIn : IStored
{
    private protected FoldIn()
    {
    }

    /// <summary>What of a history must change before a trained row no longer holds.</summary>
    internal abstract HistoryAspect Aspect { get; }

    StoredFormat IStored.Format => Format;

    private protected abstract StoredFormat Format { get; }

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
            Regularization = regularization,
            RegularizationScale = RegularizationScale.None,
        };
        var gram = GramMatrix.Of(new FactorMatrix(itemFactors.RowCount, itemFactors.Factors, known), new TrainingContext());
        return new ImplicitAlsFoldIn(options, meanEntries: 0, gram, isBinary: true);
    }

    /// <summary>By comparing each item the user wants with others, for factors whose sigmoid is a probability: the scores of wanted items rise above the rest, biases included.</summary>
    /// <param name="regularization">Weight of the user's squared factors, per comparison; at least 0.</param>
    public static FoldIn OfComparisons(float regularization) => new BprFoldIn(regularization);

    /// <summary>Prepares what all users share, which takes no longer than going through the items once.</summary>
    internal abstract IUserSolver Over(FactorModel model);

    void IStored.Write(ChecksummedWriter writer) => WriteParameters(writer);

    private protected abstract void WriteParameters(ChecksummedWriter writer);
}
