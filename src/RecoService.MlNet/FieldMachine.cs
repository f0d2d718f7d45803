using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.json describes them.</summary>
internal sealed record FieldMachineOptions(int Factors, int Epochs, float LearningRate, float Regularization, float LinearRegularization);

/// <summary>
/// ML.NET's field-aware factorization machine over candidates in fields, by AdaGrad on the log loss. Juan, Zhuang, Chin, Lin, "Field-aware Factorization Machines for CTR Prediction",
/// RecSys 2016. One thread; the same seed gives the same model.
/// </summary>
internal static class FieldMachine
{
    /// <summary>Of the first factors; ML.NET's 0.5 outlasts the training.</summary>
    private const float Radius = 0.1f;

    /// <exception cref="WorkerException">It would need too much memory, or diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress)
    {
        var given = dataset.OptionsAs<FieldMachineOptions>();
        var options = given with { Factors = LogisticFactorizationOptions.Rounded(given.Factors) };
        var starts = dataset.Read<int>("ranking-field-starts");
        LogisticFactorization.CheckMemory(dataset.Manifest, starts[^1], starts.Length - 1, options.Factors, $"{starts[^1]} features in {starts.Length - 1} fields");
        var rows = new FieldRows(
            starts, dataset.Read<long>("ranking-entry-starts"), dataset.Read<int>("ranking-entry-features"), dataset.Read<float>("ranking-entry-values"),
            Array.ConvertAll(dataset.Read<byte>("ranking-labels"), label => label != 0), dataset.Manifest.Seed, (pass, part) => progress.Report("training", (pass + part) / options.Epochs));
        var (linear, latent) = Read(Fit(new MLContext(dataset.Manifest.Seed), rows, options).Model, rows, starts, options.Factors);
        if (!linear.All(float.IsFinite) || !latent.All(float.IsFinite))
            throw new WorkerException($"Training diverged: some weights are not finite. Lower learningRate ({options.LearningRate}) or raise regularization ({options.Regularization}).");
        dataset.WriteModelArray("linear-weights", linear);
        dataset.WriteModelArray("latent-weights", latent);
        dataset.WriteModel(new { form = "field-ranker", factors = options.Factors });
    }

    internal static FieldAwareFactorizationMachinePredictionTransformer Fit(MLContext context, FieldRows rows, FieldMachineOptions options)
    {
        string[] columns = [.. rows.Fields.Select(FieldRows.NameOf)];
        return context.BinaryClassification.Trainers.FieldAwareFactorizationMachine(new FieldAwareFactorizationMachineTrainer.Options
        {
            LabelColumnName = FieldRows.Label,
            FeatureColumnName = columns[0],
            ExtraFeatureColumns = columns[1..],
            LatentDimension = options.Factors,
            NumberOfIterations = options.Epochs,
            LearningRate = options.LearningRate,
            LambdaLatent = options.Regularization,
            LambdaLinear = options.LinearRegularization,
            NormalizeFeatures = false,
            Shuffle = false,
            Radius = Radius,
            Verbose = false,
        }).Fit(rows);
    }

    /// <summary>The machine's weights with a place for every field; what would meet a field without features stays 0.</summary>
    internal static (float[] Linear, float[] Latent) Read(FieldAwareFactorizationMachineModelParameters model, FieldRows rows, int[] starts, int factors)
    {
        float[] source = [.. model.GetLatentWeights()];
        var (count, fields) = (starts[^1], starts.Length - 1);
        var latent = new float[count * fields * factors];
        for (var feature = 0; feature < count; feature++)
        {
            for (var position = 0; position < rows.Fields.Count; position++)
            {
                source.AsSpan(((feature * rows.Fields.Count) + position) * factors, factors)
                    .CopyTo(latent.AsSpan(((feature * fields) + rows.Fields[position]) * factors));
            }
        }

        return ([.. model.GetLinearWeights()], latent);
    }
}
