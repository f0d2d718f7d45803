using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// Gives a user factors from his history as it is now, against the item factors of a trained model: the last half-step of its training, for
/// one row, solved exactly whatever the solver. The same history and options give the factors that training gave. Thread-safe; the shared Y^T Y is computed once, here.
/// </summary>
public sealed class UserFoldIn
{
    private readonly ImplicitAlsOptions options;
    private readonly AlsHalfStep step;
    private readonly float meanEntries;

    /// <param name="model">A model of <see cref="ImplicitAlsTrainer"/>.</param>
    /// <param name="options">The options it was trained with.</param>
    public UserFoldIn(FactorModel model, ImplicitAlsOptions options)
    {
        this.options = options;
        step = new AlsHalfStep(options, AlsSolver.Exact, WithUnknownAsZero(model.ItemFactors), new TrainingContext());
        meanEntries = model.MeanUserEntries;
    }

    /// <summary>Solves for one user's factors.</summary>
    /// <param name="itemIndexes">Distinct; items the model does not know change nothing.</param>
    /// <param name="weights">The summed weight per item; above 0 for, below 0 against.</param>
    /// <param name="userFactors">f values; for <see cref="FactorModel.Score(ReadOnlySpan{float}, ReadOnlySpan{int}, Span{float})"/> and its retrieval.</param>
    /// <returns>False when no item that the model knows has a positive weight; the factors are 0 then.</returns>
    public bool TrySolve(ReadOnlySpan<int> itemIndexes, ReadOnlySpan<float> weights, Span<float> userFactors)
    {
        step.SolveRow(userFactors, itemIndexes, Confidences.Compute(weights, options), meanEntries);
        return userFactors.ContainsAnyExcept(0f);
    }

    private static FactorMatrix WithUnknownAsZero(FactorMatrix factors)
    {
        if (VectorMath.AllFinite(factors.Values))
            return factors;
        var known = (float[])factors.Values.Clone();
        known.AsSpan().Replace(float.NaN, 0f);
        return new FactorMatrix(factors.RowCount, factors.Factors, known);
    }
}
