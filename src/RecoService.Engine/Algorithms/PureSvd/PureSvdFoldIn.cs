using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.PureSvd;

/// <summary>The projection r_u Q that training makes too, so that the same history gives the trained factors.</summary>
/// <param name="isBinary">Whether every item counts as 1, or by its weight.</param>
internal sealed class PureSvdFoldIn(bool isBinary) : FoldIn
{
    private readonly bool isBinary = isBinary;

    internal override HistoryNeeds Needs => isBinary ? HistoryNeeds.None : HistoryNeeds.Times;

    internal override bool IsLinear => true;

    public static StoredFormat StoredAs { get; } = new StoredFormat<PureSvdFoldIn>("pure-svd-fold-in", 1, reader =>
    {
        var read = new PureSvdFoldIn(reader.ReadInt32() != 0);
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserEncoder Over(FactorModel model) => new Projection(this, model.ItemFactors);

    /// <summary>r_u Q.</summary>
    /// <param name="items">Distinct; those whose row is unknown add nothing.</param>
    /// <param name="weights">One per item.</param>
    /// <param name="itemFactors">Q, |I| x f.</param>
    /// <param name="factors">f values; NaN where no known item has a positive weight.</param>
    public void Project(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, FactorMatrix itemFactors, Span<float> factors)
    {
        factors.Clear();
        var isFor = false;
        for (var position = 0; position < items.Length; position++)
        {
            var row = itemFactors[items[position]];
            if (float.IsNaN(row[0]))
                continue;
            isFor |= weights[position] > 0;
            VectorMath.AddScaled(factors, isBinary ? MathF.Sign(weights[position]) : weights[position], row);
        }

        if (!isFor)
            factors.Fill(float.NaN);
    }

    private protected override void WriteParameters(ModelWriter writer) => writer.WriteInt32(isBinary ? 1 : 0);

    private sealed class Projection(PureSvdFoldIn foldIn, FactorMatrix itemFactors) : ILinearEncoder
    {
        public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            foldIn.Project(user.Items, user.Weights, itemFactors, factors);
            return true;
        }

        /// <summary>r_i q_i . q_j: a plain sum, so an item that is taken away takes exactly this.</summary>
        public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions)
        {
            for (var (asked, next) = (0, 0); asked < itemIndexes.Length; asked++)
            {
                for (var position = 0; position < user.Items.Length; position++)
                {
                    var weight = foldIn.isBinary ? MathF.Sign(user.Weights[position]) : user.Weights[position];
                    contributions[next++] = weight * VectorMath.Dot(itemFactors[user.Items[position]], itemFactors[itemIndexes[asked]]);
                }
            }
        }
    }
}
