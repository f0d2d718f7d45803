using System.Runtime.InteropServices;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// A weighted sum of regression trees, as gradient boosting leaves them; the trees stand one after the other in flat arrays. A node sends a candidate to the left where the feature is
/// at most the threshold, else to the right, and so does LightGBM with NaN where it was trained without: Ke et al., "LightGBM", NIPS 2017. Sums are of double precision, in the order of the trees.
/// </summary>
public sealed class TreeRankingFunction : IRankingFunction, IStored
{
    private readonly int[] nodeStarts;
    private readonly int[] features;
    private readonly float[] thresholds;
    private readonly int[] lefts;
    private readonly int[] rights;
    private readonly double[] leafValues;
    private readonly double[] treeWeights;

    /// <param name="nodeStarts">trees + 1: where each tree's nodes begin, from 0. A tree of n nodes has n + 1 leaves, so tree t's leaves begin at <c>nodeStarts[t] + t</c>.</param>
    /// <param name="features">Of each node: which of <see cref="UserItemFeatures"/>.</param>
    /// <param name="thresholds">Of each node.</param>
    /// <param name="lefts">Of each node: a later node of its tree, counted from the tree's first, or ~leaf.</param>
    /// <param name="rights">Of each node, likewise.</param>
    /// <param name="leafValues">Of each leaf.</param>
    /// <param name="treeWeights">Of each tree.</param>
    /// <exception cref="ArgumentException">The arrays contradict each other.</exception>
    public TreeRankingFunction(int[] nodeStarts, int[] features, float[] thresholds, int[] lefts, int[] rights, double[] leafValues, double[] treeWeights)
    {
        var (nodes, trees) = (features.Length, treeWeights.Length);
        if (nodeStarts.Length != trees + 1 || nodeStarts[0] != 0 || nodeStarts[^1] != nodes || nodeStarts.Zip(nodeStarts.Skip(1)).Any(pair => pair.First > pair.Second))
            throw new ArgumentException("The starts of the trees' nodes must be one more than the trees, begin with 0, ascend, and end with the number of nodes.", nameof(nodeStarts));
        if (thresholds.Length != nodes || lefts.Length != nodes || rights.Length != nodes || leafValues.Length != nodes + trees)
            throw new ArgumentException("A tree of n nodes has n thresholds, n left and n right children, and n + 1 leaves.", nameof(leafValues));
        if (features.AsSpan().ContainsAnyExceptInRange(0, UserItemFeatures.Count - 1))
            throw new ArgumentException($"A node's feature is 0 to {UserItemFeatures.Count - 1}.", nameof(features));
        for (var tree = 0; tree < trees; tree++)
        {
            var count = nodeStarts[tree + 1] - nodeStarts[tree];
            for (var node = 0; node < count; node++)
            {
                if (!IsChild(lefts[nodeStarts[tree] + node], node, count) || !IsChild(rights[nodeStarts[tree] + node], node, count))
                    throw new ArgumentException("A node's children are later nodes of its tree, or its leaves.", nameof(lefts));
            }
        }

        this.nodeStarts = nodeStarts;
        this.features = features;
        this.thresholds = thresholds;
        this.lefts = lefts;
        this.rights = rights;
        this.leafValues = leafValues;
        this.treeWeights = treeWeights;
    }

    /// <summary>How these are stored.</summary>
    public static StoredFormat Format { get; } = new StoredFormat<TreeRankingFunction>("tree-ranker", 1, Read);

    public int TreeCount => treeWeights.Length;

    public void Score(in RankedList list, Span<float> scores)
    {
        for (var position = 0; position < list.Items.Length; position++)
            scores[position] = Score(list[position]);
    }

    /// <summary>The score of one row of features.</summary>
    public float Score(ReadOnlySpan<float> row)
    {
        var sum = 0.0;
        for (var tree = 0; tree < treeWeights.Length; tree++)
        {
            var first = nodeStarts[tree];
            var node = nodeStarts[tree + 1] > first ? 0 : ~0;
            while (node >= 0)
                node = row[features[first + node]] <= thresholds[first + node] ? lefts[first + node] : rights[first + node];
            sum += treeWeights[tree] * leafValues[first + tree + ~node];
        }

        return (float)sum;
    }

    public bool IsSound() => thresholds.All(float.IsFinite) && leafValues.All(double.IsFinite) && treeWeights.All(double.IsFinite);

    StoredFormat IStored.Format => Format;

    void IStored.Write(ModelWriter writer)
    {
        writer.WriteInt32(treeWeights.Length);
        writer.WriteInt32(features.Length);
        writer.WriteInts(nodeStarts);
        writer.WriteInts(features);
        writer.WriteFloats(thresholds);
        writer.WriteInts(lefts);
        writer.WriteInts(rights);
        writer.WriteInts(MemoryMarshal.Cast<double, int>(leafValues));
        writer.WriteInts(MemoryMarshal.Cast<double, int>(treeWeights));
    }

    private static Func<TreeRankingFunction> Read(ModelReader reader)
    {
        var (trees, nodes) = (reader.ReadCount(), reader.ReadCount());
        var (starts, features, thresholds) = (reader.ReadInts(trees + 1L), reader.ReadInts(nodes), reader.ReadFloats(nodes));
        var (lefts, rights) = (reader.ReadInts(nodes), reader.ReadInts(nodes));
        var (leafValues, weights) = (reader.ReadInts(2L * ((long)nodes + trees)), reader.ReadInts(2L * trees));
        return () => new TreeRankingFunction(
            starts, features, thresholds, lefts, rights, MemoryMarshal.Cast<int, double>(leafValues).ToArray(), MemoryMarshal.Cast<int, double>(weights).ToArray());
    }

    private static bool IsChild(int child, int node, int count) => child >= 0 ? child > node && child < count : ~child <= count;
}
