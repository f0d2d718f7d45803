using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class ElasticNetTests
{
    private const int Count = 37;

    /// <summary>At the minimum the gradient of the smooth part is balanced by the slope of the absolute value, or cannot lower the loss at 0.</summary>
    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(2, 5, true)]
    [InlineData(2, 5, false)]
    [InlineData(0.1, 0.5, false)]
    public void Solve_EveryColumn_IsTheMinimum(float l1, float l2, bool positiveOnly)
    {
        var gram = Gram();
        var regression = new ElasticNet(gram, l1, l2, positiveOnly, epochs: 1_000, tolerance: 1e-5f);
        for (var target = 0; target < Count; target++)
        {
            var weights = Solve(regression, target);
            Assert.Equal(0, weights[target]);
            for (var item = 0; item < Count; item++)
            {
                if (item == target)
                    continue;
                var slope = Value(gram, item, target) - (l2 * weights[item]);
                for (var other = 0; other < Count; other++)
                    slope -= Value(gram, item, other) * weights[other];
                if (weights[item] != 0)
                    Assert.Equal(weights[item] > 0 ? l1 : -l1, slope, 1e-2f);
                else
                    Assert.InRange(slope, positiveOnly ? float.NegativeInfinity : -l1 - 1e-2f, l1 + 1e-2f);
                Assert.True(weights[item] >= 0 || !positiveOnly);
            }
        }
    }

    [Fact]
    public void Solve_ThresholdAboveEveryProduct_IsAllZero() =>
        Assert.All(Solve(new ElasticNet(Gram(), 1e6f, 1, positiveOnly: false, 10, 1e-3f), 3), weight => Assert.Equal(0, weight));

    private static float[] Solve(ElasticNet regression, int target)
    {
        regression.Solve(target);
        var weights = new float[Count];
        for (var position = 0; position < regression.Weights.Length; position++)
            weights[regression.Candidates[position]] = regression.Weights[position];
        return weights;
    }

    private static float Value(SparseMatrix matrix, int row, int column) =>
        matrix.RowColumns(row).BinarySearch(column) is >= 0 and var position ? matrix.RowValues(row)[position] : 0;

    private static SparseMatrix Gram()
    {
        var random = new SeededRandom(11, 0);
        var gram = new float[Count * Count];
        for (var user = 0; user < 120; user++)
        {
            var items = Enumerable.Range(0, 8).Select(_ => (int)(Count * random.NextDouble() * random.NextDouble())).Distinct().ToArray();
            foreach (var left in items)
            {
                foreach (var right in items)
                    gram[(left * Count) + right]++;
            }
        }

        for (var item = 0; item < Count; item++)
            gram[item * (Count + 1)]++;
        int[] used = [.. Enumerable.Range(0, gram.Length).Where(cell => gram[cell] > 0)];
        return SparseMatrix.FromEntries(Count, Count, [.. used.Select(cell => cell / Count)], [.. used.Select(cell => cell % Count)], [.. used.Select(cell => gram[cell])]);
    }
}
