using System.Buffers;
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

    internal override bool IsLinear => true;

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

    private sealed class Aggregation(FactorMatrix itemFactors) : ILinearEncoder
    {
        public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            Aggregate(user.Items, user.Weights, itemFactors, factors);
            return true;
        }

        /// <summary>sign(w_i) v_i . v_j / n, where n is the length of the sum over the whole history.</summary>
        public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions)
        {
            var rented = ArrayPool<float>.Shared.Rent(itemFactors.Factors);
            var sum = rented.AsSpan(0, itemFactors.Factors);
            sum.Clear();
            for (var position = 0; position < user.Items.Length; position++)
                VectorMath.AddScaled(sum, MathF.Sign(user.Weights[position]), itemFactors[user.Items[position]]);
            var norm = VectorMath.Norm(sum) is > 0 and var length ? length : 1;
            ArrayPool<float>.Shared.Return(rented);
            for (var (asked, next) = (0, 0); asked < itemIndexes.Length; asked++)
            {
                for (var position = 0; position < user.Items.Length; position++)
                    contributions[next++] = MathF.Sign(user.Weights[position]) * VectorMath.Dot(itemFactors[user.Items[position]], itemFactors[itemIndexes[asked]]) / norm;
            }
        }
    }
}
