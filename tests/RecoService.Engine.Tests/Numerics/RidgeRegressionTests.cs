using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Numerics;

public sealed class RidgeRegressionTests
{
    private static readonly TrainingContext Context = new();

    [Fact]
    public void Fit_OneFeature_EqualsHandComputed()
    {
        // Of (3 - a - b)^2 + (5 - a - b)^2 + 2 (1 - b)^2 + a^2 the gradients are 0 where a + 2 b = 5 and 3 a + 2 b = 8.
        var fitted = RidgeRegression.Fit(OneFeature(), new FactorMatrix(4, 1, [3, 5, 1, 1]), [1, 1, 1, 1], 1, Context);

        Assert.Equal(1.5f, fitted[0][0], 1e-4);
        Assert.Equal(1.75f, fitted[1][0], 1e-4);
    }

    [Fact]
    public void Fit_WeightedRow_EqualsHandComputed()
    {
        // Of 2 (3 - a - b)^2 + (5 - a - b)^2 + 2 (1 - b)^2 + a^2 they are 0 where 3 a + 5 b = 13 and 4 a + 3 b = 11.
        var fitted = RidgeRegression.Fit(OneFeature(), new FactorMatrix(4, 1, [3, 5, 1, 1]), [2, 1, 1, 1], 1, Context);

        Assert.Equal(16f / 11, fitted[0][0], 1e-4);
        Assert.Equal(19f / 11, fitted[1][0], 1e-4);
    }

    [Fact]
    public void Fit_RowsWithoutWeight_AreNotRead()
    {
        var fitted = RidgeRegression.Fit(OneFeature(), new FactorMatrix(4, 1, [3, float.NaN, 1, float.NaN]), [1, 0, 1, 0], 1e-6, Context);

        Assert.Equal(2f, fitted[0][0], 1e-3);
        Assert.Equal(1f, fitted[1][0], 1e-3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Fit_NothingToLearnFrom_IsZero(int features)
    {
        var fitted = RidgeRegression.Fit(SparseMatrix.Empty(2, features), new FactorMatrix(2, 5), [0, 0], 1, Context);

        Assert.Equal((features + 1, 5), (fitted.RowCount, fitted.Factors));
        Assert.All(fitted.Values, value => Assert.Equal(0, value));
    }

    /// <summary>However many outputs there are; blocks of them are solved apart.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void Fit_PlantedMap_IsFoundAgain(int outputs)
    {
        var (features, map) = (Random(300, 20, seed: 1), new FactorMatrix(21, outputs, Datasets.Floats(21 * outputs, seed: 2)));
        var targets = new FactorMatrix(300, outputs);
        for (var row = 0; row < 300; row++)
            RidgeRegression.Predict(map, features.RowColumns(row), features.RowValues(row), targets.Row(row));

        var fitted = RidgeRegression.Fit(features, targets, Ones(300), 1e-4, Context);

        for (var cell = 0; cell < map.Values.Length; cell++)
            Assert.Equal(map.Values[cell], fitted.Values[cell], 1e-2);
    }

    /// <summary>At the solution the gradient of the loss is 0, whatever the regularization.</summary>
    [Theory]
    [InlineData(0.01)]
    [InlineData(1)]
    [InlineData(100)]
    public void Fit_AnyTargets_HasNoGradientLeft(double regularization)
    {
        var features = Random(80, 30, seed: 3);
        var (targets, weights) = (new FactorMatrix(80, 3, Datasets.Floats(240, seed: 4)), Datasets.Floats(80, seed: 5).Select(Math.Abs).ToArray());

        var fitted = RidgeRegression.Fit(features, targets, weights, regularization, Context);

        var gradient = new double[31 * 3];
        for (var cell = 0; cell < 30 * 3; cell++)
            gradient[cell] = regularization * fitted.Values[cell];
        var predicted = new float[3];
        for (var row = 0; row < 80; row++)
        {
            RidgeRegression.Predict(fitted, features.RowColumns(row), features.RowValues(row), predicted);
            for (var output = 0; output < 3; output++)
            {
                var error = weights[row] * (predicted[output] - targets[row][output]);
                for (var position = 0; position < features.RowLength(row); position++)
                    gradient[(features.RowColumns(row)[position] * 3) + output] += error * features.RowValues(row)[position];
                gradient[(30 * 3) + output] += error;
            }
        }

        Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-2));
    }

    [Fact]
    public void Fit_AnyNumberOfThreads_IsTheSame()
    {
        var (features, targets) = (Random(100, 12, seed: 6), new FactorMatrix(100, 50, Datasets.Floats(5000, seed: 7)));

        var one = RidgeRegression.Fit(features, targets, Ones(100), 0.5, new TrainingContext(threads: 1));
        var several = RidgeRegression.Fit(features, targets, Ones(100), 0.5, new TrainingContext(threads: 3));

        Assert.Equal(one.Values, several.Values);
    }

    [Fact]
    public void Fit_Cancelled_Throws()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            RidgeRegression.Fit(OneFeature(), new FactorMatrix(4, 1), [1, 1, 1, 1], 1, new TrainingContext(cancellationToken: cancellation.Token)));
    }

    private static SparseMatrix OneFeature() => SparseMatrix.FromRows(1, [1, 1, 0, 0], [0, 0], [1, 1]);

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }

    /// <summary>About four features a row.</summary>
    private static SparseMatrix Random(int rows, int columns, int seed)
    {
        var (places, values) = (new List<(int Row, int Column)>(), Datasets.Floats(rows * columns, seed));
        for (var row = 0; row < rows; row++)
        {
            var random = new SeededRandom(seed, row);
            for (var column = 0; column < columns; column++)
            {
                if (random.Next(columns) < 4)
                    places.Add((row, column));
            }
        }

        return SparseMatrix.FromEntries(
            rows, columns, [.. places.Select(place => place.Row)], [.. places.Select(place => place.Column)], [.. places.Select(place => values[(place.Row * columns) + place.Column] + 1)]);
    }
}
