using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.json describes them.</summary>
internal sealed record LogisticRegressionOptions(float L1Regularization, float L2Regularization, float Tolerance);

/// <summary>
/// ML.NET's logistic regression over the features of candidates, by L-BFGS: Liu, Nocedal, Mathematical Programming 45, 1989; with a penalty on absolute weights OWL-QN: Andrew, Gao, ICML 2007.
/// One thread.
/// </summary>
internal static class LogisticRegression
{
    /// <exception cref="WorkerException">Training diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress)
    {
        var lists = RankingLists.Of(dataset);
        progress.Report("training", 0);
        var model = Fit(new MLContext(dataset.Manifest.Seed), lists, dataset.OptionsAs<LogisticRegressionOptions>()).Model.SubModel;
        float[] weights = [.. model.Weights];
        if (!weights.All(float.IsFinite) || !float.IsFinite(model.Bias))
            throw new WorkerException("Training diverged: some weights are not finite. Raise l2Regularization.");
        dataset.WriteModelArray("weights", weights);
        dataset.WriteModel(new { form = "linear-ranker", bias = model.Bias });
    }

    internal static BinaryPredictionTransformer<Microsoft.ML.Calibrators.CalibratedModelParametersBase<LinearBinaryModelParameters, Microsoft.ML.Calibrators.PlattCalibrator>> Fit(
        MLContext context, RankingLists lists, LogisticRegressionOptions options) =>
        context.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
        {
            LabelColumnName = nameof(RankingRow.Taken),
            FeatureColumnName = nameof(RankingRow.Features),
            ExampleWeightColumnName = nameof(RankingRow.Weight),
            L1Regularization = options.L1Regularization,
            L2Regularization = options.L2Regularization,
            OptimizationTolerance = options.Tolerance,
            NumberOfThreads = 1,
        }).Fit(RankingRow.ViewOf(context, lists));
}

/// <summary>A row of a list as ML.NET reads it by name; the keys are 0-based.</summary>
internal sealed class RankingRow
{
    public bool Taken { get; set; }

    public uint Label { get; set; }

    public uint List { get; set; }

    public float Weight { get; set; }

    public float[] Features { get; set; } = [];

    /// <summary>All rows, list by list. The number of lists and of features is known only here.</summary>
    public static IDataView ViewOf(MLContext context, RankingLists lists)
    {
        var schema = SchemaDefinition.Create(typeof(RankingRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, lists.Width);
        schema[nameof(Label)].ColumnType = new KeyDataViewType(typeof(uint), 2);
        schema[nameof(List)].ColumnType = new KeyDataViewType(typeof(uint), Math.Max(1, lists.Starts.Length - 1));
        return context.Data.LoadFromEnumerable(RowsOf(lists), schema);
    }

    private static IEnumerable<RankingRow> RowsOf(RankingLists lists)
    {
        var weights = lists.EqualWeights();
        for (var list = 0; list < lists.Starts.Length - 1; list++)
        {
            for (var row = lists.Starts[list]; row < lists.Starts[list + 1]; row++)
            {
                yield return new RankingRow
                {
                    Taken = lists.Taken[row],
                    Label = lists.Taken[row] ? 1u : 0,
                    List = (uint)list,
                    Weight = weights[row],
                    Features = lists.Row(row),
                };
            }
        }
    }
}
