using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>
/// score(u, i) = sum over the parts of weight x score on the user's own <see cref="ScoreScale"/>, for the items that are among the best n of any part; one that does not know the item
/// adds nothing. A weighted hybrid: Burke, "Hybrid Recommender Systems: Survey and Experiments", UMUAI 12(4), 2002.
/// </summary>
public sealed class WeightedBlend : IRanker, IStored
{
    private readonly float[] weights;

    /// <param name="weights">One per part, at least 0.</param>
    public WeightedBlend(float[] weights) => this.weights = weights;

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<WeightedBlend>("weighted-blend", 1, Read);

    /// <summary>One per part.</summary>
    public ReadOnlySpan<float> Weights => weights;

    bool IRanker.RanksAgainstOwnList => false;

    bool IRanker.Fits(int partCount, int itemCount) => partCount == weights.Length;

    public void Rank(in UserHistory user, CandidateSet candidates, CandidateSet own)
    {
        var scores = candidates.Scores;
        scores.Clear();
        for (var part = 0; part < weights.Length; part++)
        {
            if (weights[part] > 0)
                VectorMath.AddScaled(scores, weights[part], candidates.ScaledColumn(part));
        }
    }

    public bool TrySlopes(CandidateSet candidates, Span<float> slopes)
    {
        for (var part = 0; part < weights.Length; part++)
            slopes[part] = weights[part] * candidates.SlopeOf(part);
        return true;
    }

    public bool IsSound() => VectorMath.AllFinite(weights);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer) => writer.WriteVector(weights);

    private static Func<WeightedBlend> Read(ModelReader reader)
    {
        var values = reader.ReadVector();
        return () => new WeightedBlend(values);
    }
}
