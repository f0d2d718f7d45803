using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>The gradient steps of <see cref="BprTrainer"/> on the user's row alone, items fixed.</summary>
/// <param name="regularization">Weight of the squared factors, per step.</param>
internal sealed class BprFoldIn(float regularization) : FoldIn
{
    public float Regularization { get; } = regularization;

    internal override HistoryAspect Aspect => HistoryAspect.Signs;

    public static StoredFormat StoredAs { get; } = new StoredFormat<BprFoldIn>("bpr-fold-in", 1, reader =>
    {
        var read = new BprFoldIn(reader.ReadSingle());
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserSolver Over(FactorModel model) => new BprUserSolver(model, Regularization);

    private protected override void WriteParameters(ChecksummedWriter writer) => writer.WriteSingle(Regularization);
}
