using System.Buffers;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// How probable a click may be at best, as far as is known: LinUCB with one linear model of all items over <see cref="ResponseFeatures"/> and a constant. Li, Chu, Langford, Schapire, WWW 2010; with one
/// model: Chu, Li, Reyzin, Schapire, "Contextual Bandits with Linear Payoff Functions", AISTATS 2011. It is unsure of kinds of users and items, and not of single items. Immutable.
/// </summary>
public sealed class ClickBounds
{
    private readonly ResponseRows describing;
    private readonly LinearArm belief;

    internal ClickBounds(ResponseRows describing, LinearArm belief) => (this.describing, this.belief) = (describing, belief);

    /// <param name="describing">Describes items of now.</param>
    /// <param name="rows">Shown items x <see cref="ResponseFeatures.Width"/>, row-major: each as it was when it was shown.</param>
    /// <param name="clicks">One per shown item.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static ClickBounds Learn(ResponseRows describing, ReadOnlySpan<float> rows, ReadOnlySpan<bool> clicks, CancellationToken cancellationToken) =>
        new(describing, LinearArm.Of(rows, clicks, ResponseFeatures.Width, cancellationToken));

    /// <summary>Gives each arm the bound of its candidate.</summary>
    /// <param name="context">The user and the request.</param>
    /// <param name="space">What the indexes stand for.</param>
    /// <param name="pool">n candidates.</param>
    /// <param name="alpha">How many standard deviations above the mean, 0 or more.</param>
    /// <param name="arms">n.</param>
    internal void Fill(in RequestContext context, ResponseSpace space, CandidatePool pool, double alpha, Span<Arm> arms)
    {
        var (rentedItems, rentedRows) = (ArrayPool<int>.Shared.Rent(arms.Length), ArrayPool<float>.Shared.Rent(arms.Length * ResponseFeatures.Width));
        var items = rentedItems.AsSpan(0, arms.Length);
        var rows = rentedRows.AsSpan(0, arms.Length * ResponseFeatures.Width);
        for (var position = 0; position < items.Length; position++)
            items[position] = pool.Candidates[position].ItemIndex;
        describing.Fill(context, space, items, rows);
        Span<double> features = stackalloc double[ResponseFeatures.Width + 1];
        features[^1] = 1;
        for (var position = 0; position < items.Length; position++)
        {
            for (var feature = 0; feature < ResponseFeatures.Width; feature++)
                features[feature] = rows[(position * ResponseFeatures.Width) + feature];
            arms[position] = arms[position] with { Bound = belief.UpperBound(features, alpha) };
        }

        ArrayPool<int>.Shared.Return(rentedItems);
        ArrayPool<float>.Shared.Return(rentedRows);
    }
}
