using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>The user's half of a factorization of ratings in closed form: what its gradient steps on their row, items fixed, come to rest at.</summary>
/// <param name="regularization">lambda: weight of the squared factors, per rating.</param>
/// <param name="biasRegularization">Weight of the squared user bias, per rating; of no effect where the model has no user biases.</param>
/// <param name="isNonNegative">Whether no factor may lie below 0.</param>
internal sealed class RatingFoldIn(float regularization, float biasRegularization, bool isNonNegative) : FoldIn
{
    public float Regularization { get; } = regularization;

    public float BiasRegularization { get; } = biasRegularization;

    public bool IsNonNegative { get; } = isNonNegative;

    internal override HistoryNeeds Needs => HistoryNeeds.Ratings;

    internal override bool IsLinear => !IsNonNegative;

    public static StoredFormat StoredAs { get; } = new StoredFormat<RatingFoldIn>("rating-fold-in", 1, reader =>
    {
        var read = new RatingFoldIn(reader.ReadSingle(), reader.ReadSingle(), reader.ReadInt32() != 0);
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserEncoder Over(FactorModel model) => new RatingUserSolver(model, this);

    private protected override void WriteParameters(ModelWriter writer)
    {
        writer.WriteSingle(Regularization);
        writer.WriteSingle(BiasRegularization);
        writer.WriteInt32(IsNonNegative ? 1 : 0);
    }
}
