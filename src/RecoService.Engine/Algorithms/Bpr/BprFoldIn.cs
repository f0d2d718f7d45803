using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>The gradient steps of <see cref="BprTrainer"/> on the user's row alone, items fixed.</summary>
/// <param name="regularization">Weight of the squared factors, per step.</param>
/// <param name="sample">Keys of items to compare with, drawn as training draws unseen ones, some more than once; empty: every known item is as likely as another.</param>
internal sealed class BprFoldIn(float regularization, int[] sample) : FoldIn
{
    public float Regularization { get; } = regularization;

    internal override HistoryNeeds Needs => HistoryNeeds.None;

    public static StoredFormat StoredAs { get; } = new StoredFormat<BprFoldIn>("bpr-fold-in", 2, reader =>
    {
        var read = new BprFoldIn(reader.ReadSingle(), reader.ReadInts(reader.ReadCount()));
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserEncoder Over(FactorModel model) => new BprUserSolver(model, Regularization, sample);

    private protected override void WriteParameters(ModelWriter writer)
    {
        writer.WriteSingle(Regularization);
        writer.WriteInt32(sample.Length);
        writer.WriteInts(sample);
    }
}
