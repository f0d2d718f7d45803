using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>The direction of the sum of the vectors of a user's items, those they are against with a minus, as training makes it too: the same history gives the trained row.</summary>
internal sealed class SimpleXFoldIn : FoldIn
{
    internal override HistoryNeeds Needs => HistoryNeeds.None;

    public static StoredFormat StoredAs { get; } = new StoredFormat<SimpleXFoldIn>("simplex-fold-in", 1, _ => () => new SimpleXFoldIn());

    private protected override StoredFormat Format => StoredAs;

    internal override IUserEncoder Over(FactorModel model) => new Aggregation(model.ItemFactors);

    /// <summary>The user's row.</summary>
    /// <param name="items">Distinct; those whose row is unknown add nothing.</param>
    /// <param name="weights">One per item.</param>
    /// <param name="itemFactors">|I| x f, each known row of length 1.</param>
    /// <param name="factors">f values of length 1; 0 where the items cancel each other out, NaN where no known item has a positive weight.</param>
    public static void Aggregate(ReadOnlySpan<int> items, ReadOnlySpan<float> weights, FactorMatrix itemFactors, Span<float> factors)
    {
        factors.Clear();
        var isFor = false;
        for (var position = 0; position < items.Length; position++)
        {
            var row = itemFactors[items[position]];
            if (float.IsNaN(row[0]))
                continue;
            isFor |= weights[position] > 0;
            VectorMath.AddScaled(factors, MathF.Sign(weights[position]), row);
        }

        if (!isFor)
            factors.Fill(float.NaN);
        else if (VectorMath.Norm(factors) is > 0 and var norm)
            VectorMath.Scale(factors, 1 / norm);
    }

    private protected override void WriteParameters(ModelWriter writer)
    {
    }

    private sealed class Aggregation(FactorMatrix itemFactors) : IUserEncoder
    {
        public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            Aggregate(user.Items, user.Weights, itemFactors, factors);
            return true;
        }
    }
}
