using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.PureSvd;

/// <summary>The projection r_u Q that training makes too, so that the same history gives the trained factors.</summary>
/// <param name="isBinary">Whether every item counts as 1, or by its weight.</param>
internal sealed class PureSvdFoldIn(bool isBinary) : FoldIn
{
    internal override HistoryAspect Aspect => isBinary ? HistoryAspect.Signs : HistoryAspect.Times;

    public static StoredFormat StoredAs { get; } = new StoredFormat<PureSvdFoldIn>("pure-svd-fold-in", 1, reader =>
    {
        var read = new PureSvdFoldIn(reader.ReadInt32() != 0);
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserSolver Over(FactorModel model) => new Projection(this, model.ItemFactors);

    /// <summary>r_u Q.</summary>
    /// <param name="items">Distinct; those whose row is unknown add nothing.</param>
    /// <param name="weights">One per item.</param>
    /// <param name="itemFactors">Q, |I| x f.</param>
    /// <param name="factors">f values; NaN where no known item has a positive weight.</param>
    public void Project(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, FactorMatrix itemFactors, Span<float> factors)
    {
        factors.Clear();
        var isFor = false;
        for (var place = 0; place < items.Length; place++)
        {
            var row = itemFactors[items[place]];
            if (float.IsNaN(row[0]))
                continue;
            isFor |= weights[place] > 0;
            VectorMath.AddScaled(factors, isBinary ? MathF.Sign(weights[place]) : weights[place], row);
        }

        if (!isFor)
            factors.Fill(float.NaN);
    }

    private protected override void WriteParameters(ChecksummedWriter writer) => writer.WriteInt32(isBinary ? 1 : 0);

    private sealed class Projection(PureSvdFoldIn foldIn, FactorMatrix itemFactors) : IUserSolver
    {
        public bool TrySolve(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            foldIn.Project(user.Items, user.Weights, itemFactors, factors);
            return true;
        }
    }
}
