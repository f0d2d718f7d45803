using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Algorithms.SimpleX;

/// <summary>The gradient of a batch against the loss as it is written down, in double precision.</summary>
public sealed class SimpleXBatchTests
{
    private const float MostUnseen = 1.5f;

    /// <summary>
    /// A user of items 0 and 1, at right angles, and a drawn item 2 at 45 degrees to both: the cosine of either item with the other is 0, that of the drawn item with their sum is 1.
    /// r = 1 and x = 0, so a = -1, the pull is -(q_0 + q_1), and both pull by a s + pull = -2 (q_0 + q_1), of which -2 q_1 lies along the sphere at q_0: the loss 2 (1 - q_0 . q_1) has that gradient.
    /// The drawn item is pushed by n w / |N| = 2 * 3 along s / |s|, which is its own vector: nothing along the sphere.
    /// </summary>
    [Fact]
    public void AddUp_TwoItemsAtRightAngles_PullsEachTowardsTheOther()
    {
        var root = MathF.Sqrt(0.5f);
        var (batch, items) = BatchOf(Rows(3, [0, 1]), [[1, 0], [0, 1], [root, root]], margin: 0.5f, weight: 3, drawn: 3);
        batch.Look([0], new TrainingContext());

        Assert.Equal([0, -2], GradientOf(batch, items, 0), new Near());
        Assert.Equal([-2, 0], GradientOf(batch, items, 1), new Near());
        Assert.Equal([0, 0], GradientOf(batch, items, 2), new Near());
    }

    /// <summary>
    /// s = (1, 1), u = s / sqrt 2, and the drawn item (1, 0): its cosine with u is sqrt 0.5, beyond the margin, so that it is pushed along u by n w / |N| = 2 * 3 / 3 (of three drawn items two are the user's
    /// own and passed over): 2 u, of which (0, 2 sqrt 0.5) lies along the sphere. Both items of the user get 2 (q_2 - (q_2 . u) u) / |s| = sqrt 2 (0.5, -0.5) beside what they had.
    /// </summary>
    [Fact]
    public void AddUp_DrawnItemBeyondTheMargin_PushesItAndTheUsersItemsApart()
    {
        var (batch, items) = BatchOf(Rows(3, [0, 1]), [[1, 0], [0, 1], [1, 0]], margin: 0.5f, weight: 3, drawn: 3);
        batch.Look([0], new TrainingContext());

        Assert.Equal([0, 2 * MathF.Sqrt(0.5f)], GradientOf(batch, items, 2), new Near());
        Assert.Equal([0, -2 - MathF.Sqrt(0.5f)], GradientOf(batch, items, 0), new Near());
        Assert.Equal([-2 + MathF.Sqrt(0.5f), 0], GradientOf(batch, items, 1), new Near());
    }

    [Fact]
    public void AddUp_DrawnItemWithinTheMargin_IsLeftAlone()
    {
        var (batch, items) = BatchOf(Rows(3, [0, 1]), [[1, 0], [0, 1], [1, 0]], margin: 0.8f, weight: 3, drawn: 3);
        batch.Look([0], new TrainingContext());

        Assert.Equal([0, 0], GradientOf(batch, items, 2), new Near());
        Assert.Equal([0, -2], GradientOf(batch, items, 0), new Near());
    }

    /// <summary>The bound: each of 3 items weighs 1/3 at most, so that the drawn item is pushed by 1/3 * 3 / |N| = 1/3 instead of 2, a sixth of it.</summary>
    [Fact]
    public void AddUp_UnseenItemsBounded_PushesLess()
    {
        var (batch, items) = BatchOf(Rows(3, [0, 1]), [[1, 0], [0, 1], [1, 0]], margin: 0.5f, weight: 3, drawn: 3, unseen: 1 / 3f);
        batch.Look([0], new TrainingContext());

        Assert.Equal([0, MathF.Sqrt(0.5f) / 3], GradientOf(batch, items, 2), new Near());
        Assert.Equal([0, -2 - (MathF.Sqrt(0.5f) / 6)], GradientOf(batch, items, 0), new Near());
    }

    /// <summary>More users than a strip has columns, and more drawn items than one has rows, with and without a rest.</summary>
    [Theory]
    [InlineData(5, 7, 6, 40, 0.1f)]
    [InlineData(33, 20, 20, 10, -0.2f)]
    [InlineData(70, 60, 41, 100, 0.3f)]
    public void AddUp_RandomData_AgreesWithFiniteDifferences(int userCount, int itemCount, int drawnCount, float weight, float margin)
    {
        const int Factors = 9;
        const double Small = 1e-6;
        var random = new SeededRandom(userCount, 1);
        var rows = Enumerable.Range(0, userCount).Select(_ => Enumerable.Range(0, 2 + random.Next(5)).Select(_ => random.Next(itemCount)).Distinct().Order().ToArray()).Where(row => row.Length > 1).ToArray();
        var userItems = Rows(itemCount, rows);
        var items = new ItemDirections(itemCount, Factors, seed: 4);
        var drawn = new DrawnItems(itemCount, drawnCount, Factors);
        drawn.Draw(ref random, items.Vectors);
        var batch = new SimpleXBatch(userItems, items, drawn, margin, weight, MostUnseen);
        batch.Look([.. Enumerable.Range(0, rows.Length)], new TrainingContext(2));
        var vectors = Enumerable.Range(0, itemCount).Select(item => items.Vectors[item].ToArray().Select(value => (double)value).ToArray()).ToArray();

        foreach (var item in batch.Touched)
        {
            var gradient = GradientOf(batch, items, item);
            var along = Datasets.Floats(Factors, item);
            ItemDirections.Project(items.Vectors[item], along);
            var derivative = (LossAt(Small) - LossAt(-Small)) / (2 * Small);
            Assert.Equal(derivative, VectorMath.Dot(gradient, along), 1e-3 * (1 + Math.Abs(derivative)));

            double LossAt(double step)
            {
                var moved = vectors.ToArray();
                moved[item] = Normalized([.. vectors[item].Zip(along, (value, direction) => value + (step * direction))]);
                return LossOf(moved, rows, drawn.Items, margin, weight);
            }
        }
    }

    [Fact]
    public void Step_SeveralTimesOnOneBatch_LowersTheLossAndKeepsLengths()
    {
        int[][] rows = [[0, 1, 2], [1, 2, 3], [4, 5], [4, 6, 7], [5, 7]];
        var (userItems, items) = (Rows(8, rows), new ItemDirections(8, 6, seed: 9));
        var drawn = new DrawnItems(8, 8, 6);
        var batch = new SimpleXBatch(userItems, items, drawn, 0.1f, 5, MostUnseen);
        var random = new SeededRandom(1, 1);
        var losses = new List<double>();
        for (var step = 0; step < 60; step++)
        {
            drawn.Draw(ref random, items.Vectors);
            losses.Add(LossOf([.. Enumerable.Range(0, 8).Select(item => items.Vectors[item].ToArray().Select(value => (double)value).ToArray())], rows, drawn.Items, 0.1, 5));
            batch.Step([0, 1, 2, 3, 4], 0.1f, new TrainingContext());
        }

        Assert.True(losses[^1] < 0.5 * losses[0], $"{losses[0]} {losses[^1]}");
        for (var item = 0; item < 8; item++)
            Assert.Equal(1, VectorMath.Norm(items.Vectors[item]), 1e-5f);
    }

    /// <summary>The first step turns by the arc tangent of the rate whatever the gradient's size, and the second of the same gradient by less.</summary>
    [Theory]
    [InlineData(1e-3f)]
    [InlineData(1e3f)]
    public void ItemDirections_Step_TurnsByTheRate(float size)
    {
        var items = new ItemDirections(1, 2, seed: 1);
        new float[] { 1, 0 }.CopyTo(items.Vectors.Row(0));

        items.Step(0, [7 * size, -size], 0.5f);
        var first = MathF.Atan2(items.Vectors[0][1], items.Vectors[0][0]);
        items.Step(0, [size * items.Vectors[0][1], -size * items.Vectors[0][0]], 0.5f);
        var second = MathF.Atan2(items.Vectors[0][1], items.Vectors[0][0]) - first;

        Assert.Equal(MathF.Atan(0.5f), first, 1e-5f);
        Assert.Equal(MathF.Atan(0.5f / MathF.Sqrt(2)), second, 1e-5f);
    }

    [Fact]
    public void ItemDirections_Step_NothingToGain_StaysWhereItIs()
    {
        var items = new ItemDirections(1, 3, seed: 1);
        var before = items.Vectors[0].ToArray();

        items.Step(0, new float[3], 0.5f);

        Assert.Equal(before, items.Vectors[0].ToArray());
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(10, 50)]
    [InlineData(0, 5)]
    public void DrawnItems_Draw_GivesDistinctItemsAndTheirPlaces(int itemCount, int count)
    {
        var items = new ItemDirections(itemCount, 3, seed: 1);
        var drawn = new DrawnItems(itemCount, count, 3);
        var random = new SeededRandom(1, 1);
        var often = new int[itemCount];
        for (var round = 0; round < 1_000; round++)
        {
            drawn.Draw(ref random, items.Vectors);
            Assert.Equal(Math.Min(itemCount, count), drawn.Items.ToArray().Distinct().Count());
            for (var item = 0; item < itemCount; item++)
                Assert.Equal(drawn.Items.IndexOf(item), drawn.PositionOf(item));
            foreach (var item in drawn.Items)
                often[item]++;
        }

        // Four of ten a thousand times: 400 each, give or take four times sqrt(1000 * 0.4 * 0.6) = 15.5.
        Assert.All(often, times => Assert.InRange(times, count >= itemCount ? 1_000 : 338, count >= itemCount ? 1_000 : 462));
    }

    private static double LossOf(double[][] vectors, int[][] rows, ReadOnlySpan<int> drawn, double margin, double weight)
    {
        var loss = 0.0;
        foreach (var row in rows)
        {
            var sum = SumOf(vectors, row);
            foreach (var item in row)
                loss += 1 - Cosine(SumOf(vectors, [.. row.Where(other => other != item)]), vectors[item]);
            foreach (var item in drawn)
                loss += row.Contains(item) ? 0 : Math.Min(weight * row.Length, MostUnseen * vectors.Length) / drawn.Length * Math.Max(0, Cosine(sum, vectors[item]) - margin);
        }

        return loss;
    }

    private static double[] SumOf(double[][] vectors, int[] row) => row.Aggregate(new double[vectors[0].Length], (sum, item) => [.. sum.Zip(vectors[item], (left, right) => left + right)]);

    private static double Cosine(double[] left, double[] right) => Dot(left, right) / Math.Sqrt(Dot(left, left) * Dot(right, right));

    private static double Dot(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();

    private static double[] Normalized(double[] vector) => [.. vector.Select(value => value / Math.Sqrt(Dot(vector, vector)))];

    private static SparseMatrix Rows(int itemCount, params int[][] rows) => SparseMatrix.FromEntries(
        rows.Length, itemCount, [.. rows.SelectMany((row, user) => row.Select(_ => user))], [.. rows.SelectMany(row => row)], [.. rows.SelectMany(row => row.Select(_ => 1f))]);

    private static (SimpleXBatch Batch, ItemDirections Items) BatchOf(SparseMatrix userItems, float[][] vectors, float margin, float weight, int drawn, float unseen = 100)
    {
        var items = new ItemDirections(vectors.Length, vectors[0].Length, seed: 1);
        for (var item = 0; item < vectors.Length; item++)
            vectors[item].CopyTo(items.Vectors.Row(item));
        var draws = new DrawnItems(vectors.Length, drawn, vectors[0].Length);
        var random = new SeededRandom(1, 1);
        draws.Draw(ref random, items.Vectors);
        return (new SimpleXBatch(userItems, items, draws, margin, weight, unseen), items);
    }

    /// <summary>Without what lies along the item's own vector.</summary>
    private static float[] GradientOf(SimpleXBatch batch, ItemDirections items, int item)
    {
        var gradient = new float[items.Vectors.Factors];
        batch.AddUp(item, gradient);
        ItemDirections.Project(items.Vectors[item], gradient);
        return gradient;
    }

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-5f;

        public int GetHashCode(float value) => 0;
    }
}
