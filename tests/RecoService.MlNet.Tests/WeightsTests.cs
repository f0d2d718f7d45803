using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet.Tests;

/// <summary>The weights read out score as ML.NET scores.</summary>
public sealed class WeightsTests
{
    [Theory]
    [InlineData(1, 8)]
    [InlineData(8, 8)]
    [InlineData(9, 16)]
    public void Rounded_Factors_AreAllUsedByMlNet(int factors, int rounded) =>
        Assert.Equal(rounded, LogisticFactorizationOptions.Rounded(factors));

    [Fact]
    public void Read_Machine_ScoresAsItDoes()
    {
        const int users = 6;
        const int items = 5;
        const int factors = 8;
        var pairs = PositivePairs.Of([0, 2, 4, 5, 7, 8, 8], [0, 1, 1, 2, 3, 0, 3, 2], [1, 1, 1, 1, 1, 1, 1, 1], items);
        var options = new LogisticFactorizationOptions(factors, 20, 2, 0.5, 0.1f, 0.0001f, 0.0001f);
        var context = new MLContext(3);
        var rows = context.Data.LoadFromEnumerable(AllPairs(users, items, pairs));
        var model = context.BinaryClassification.Trainers.FieldAwareFactorizationMachine(new FieldAwareFactorizationMachineTrainer.Options
        {
            LabelColumnName = "Label",
            FeatureColumnName = "User",
            ExtraFeatureColumns = ["Item"],
            LatentDimension = factors,
            NormalizeFeatures = false,
            Shuffle = false,
            NumberOfIterations = 20,
        }).Fit(rows);
        float[] expected = [.. model.Transform(rows).GetColumn<float>("Score")];

        var weights = Weights.Read(model.Model, pairs, options);

        var position = 0;
        for (var user = 0; user < users; user++)
        {
            for (var item = 0; item < items; item++, position++)
            {
                if (user == 5 || item == 4)
                    continue;
                var dot = Enumerable.Range(0, factors).Sum(factor => weights.UserFactors[(user * factors) + factor] * weights.ItemFactors[(item * factors) + factor]);
                Assert.Equal(expected[position], weights.UserBiases[user] + weights.ItemBiases[item] + dot, tolerance: 1e-5f);
            }
        }

        Assert.True(float.IsNaN(weights.UserBiases[5]) && float.IsNaN(weights.UserFactors[5 * factors]));
        Assert.True(float.IsNaN(weights.ItemBiases[4]) && float.IsNaN(weights.ItemFactors[4 * factors]));
    }

    private static IEnumerable<Row> AllPairs(int users, int items, PositivePairs pairs) =>
        from user in Enumerable.Range(0, users)
        from item in Enumerable.Range(0, items)
        select new Row { Label = pairs.Contains(user, item), User = One(user, users), Item = One(item, items) };

    private static float[] One(int position, int length)
    {
        var vector = new float[length];
        vector[position] = 1;
        return vector;
    }

    private sealed class Row
    {
        public bool Label { get; set; }

        [VectorType(6)]
        public float[] User { get; set; } = [];

        [VectorType(5)]
        public float[] Item { get; set; } = [];
    }
}
