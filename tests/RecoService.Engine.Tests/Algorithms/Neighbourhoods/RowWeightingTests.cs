using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.Neighbourhoods;

public sealed class RowWeightingTests
{
    // 4 rows, 3 columns; column 0 stands in one row, column 1 in two, column 2 in one, and once more below 0.
    private static readonly SparseMatrix Matrix = SparseMatrix.FromEntries(4, 3, [0, 0, 1, 2, 3], [0, 1, 1, 2, 2], [4, 1, 1, 2, -1]);

    [Fact]
    public void Apply_Binary_DropsWhatIsAgainst()
    {
        var result = new RowWeighting(Matrix, Similarity.Cosine, HistoryScale.Binary, Weighting.None).Apply(Matrix);
        Assert.Equal([(0, 0, 1f), (0, 1, 1f), (1, 1, 1f), (2, 2, 1f)], result.Entries());
    }

    [Fact]
    public void Apply_TfIdf_EqualsTheFormula()
    {
        var result = new RowWeighting(Matrix, Similarity.Cosine, HistoryScale.Linear, Weighting.TfIdf).Apply(Matrix);

        // ln(4 / (1 + 1)) and ln(4 / (1 + 2)).
        Assert.Equal([2 * MathF.Log(2), MathF.Log(4f / 3), MathF.Log(4f / 3), MathF.Sqrt(2) * MathF.Log(2)], result.Entries().Select(entry => entry.Value), Near);
    }

    [Fact]
    public void Apply_Bm25_EqualsTheFormula()
    {
        var result = new RowWeighting(Matrix, Similarity.Cosine, HistoryScale.Linear, Weighting.Bm25).Apply(Matrix);

        // Lengths 5, 1, 2, 0, their mean 2. Row 0: 1.2 (0.25 + 0.75 x 5 / 2) = 2.55; row 1: 1.2 (0.25 + 0.375) = 0.75; row 2: 1.2.
        float[] expected = [4 * 2.2f / (2.55f + 4) * MathF.Log(2), 2.2f / (2.55f + 1) * MathF.Log(4f / 3), 2.2f / (0.75f + 1) * MathF.Log(4f / 3), 2 * 2.2f / (1.2f + 2) * MathF.Log(2)];
        Assert.Equal(expected, result.Entries().Select(entry => entry.Value), Near);
    }

    [Fact]
    public void Apply_Sets_CountEveryEntryAsOne()
    {
        var result = new RowWeighting(Matrix, Similarity.Jaccard, HistoryScale.Linear, Weighting.Bm25).Apply(Matrix);
        Assert.Equal([1f, 1f, 1f, 1f], result.Entries().Select(entry => entry.Value));
    }

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-5f;
}
