using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>A weighted sum of the features and a constant.</summary>
public sealed class LinearRankingFunction : IRankingFunction, IStored
{
    private readonly float[] weights;

    /// <param name="weights">One per feature of <see cref="UserItemFeatures"/>.</param>
    /// <param name="bias">Added to every score; changes no order.</param>
    public LinearRankingFunction(float[] weights, float bias)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, UserItemFeatures.Count, nameof(weights));
        (this.weights, Bias) = (weights, bias);
    }

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<LinearRankingFunction>("linear-ranker", 1, Read);

    /// <summary>The order of the first stage.</summary>
    public static LinearRankingFunction FirstStage { get; } =
        new([.. Enumerable.Range(0, UserItemFeatures.Count).Select(feature => feature == UserItemFeatures.FirstStage ? 1f : 0)], 0);

    public ReadOnlySpan<float> Weights => weights;

    public float Bias { get; }

    public void Score(in RankedList list, Span<float> scores)
    {
        for (var position = 0; position < list.Items.Length; position++)
            scores[position] = Bias + VectorMath.Dot(weights, list[position]);
    }

    public bool IsSound() => VectorMath.AllFinite(weights) && float.IsFinite(Bias);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteVector(weights);
        writer.WriteSingle(Bias);
    }

    private static Func<LinearRankingFunction> Read(ModelReader reader)
    {
        var (weights, bias) = (reader.ReadVector(), reader.ReadSingle());
        return () => new LinearRankingFunction(weights, bias);
    }
}
