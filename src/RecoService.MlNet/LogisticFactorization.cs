using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.json describes them.</summary>
internal sealed record LogisticFactorizationOptions(
    int Factors, int Epochs, int Negatives, double Popularity, float LearningRate, float Regularization, float BiasRegularization)
{
    /// <summary>ML.NET's vector code takes eight at a time and leaves out what is over, without a word: with four factors a model is its biases alone.</summary>
    private const int FactorsAtOnce = 8;

    /// <summary>The next number of factors that are all used.</summary>
    public static int Rounded(int factors) => (factors + FactorsAtOnce - 1) / FactorsAtOnce * FactorsAtOnce;
}

/// <summary>
/// ML.NET's field-aware factorization machine over the two fields user and item: P(user u wants item i) = sigmoid(a_u + b_i + p_u . q_i), by AdaGrad on the log loss.
/// Juan, Zhuang, Chin, Lin, "Field-aware Factorization Machines for CTR Prediction", RecSys 2016. With two fields that is a matrix factorization, and its weights are read out as one.
/// One thread; the same seed gives the same model.
/// </summary>
internal static class LogisticFactorization
{
    private const int Fields = 2;

    /// <summary>Of the first factors. ML.NET's 0.5 makes every first score large, and what it begins with outlasts the training.</summary>
    private const float Radius = 0.1f;

    /// <summary>Weight of a folded-in user's squared factors. On MovieLens 100K anything from 0.02 to 0.05 comes nearest to the trained rows.</summary>
    private const float FoldInRegularization = 0.03f;

    /// <summary>Weights, their gradients' sums, and ML.NET's copy for the result.</summary>
    private const int Copies = 4;

    /// <exception cref="WorkerException">It would need too much memory, or diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress)
    {
        var given = dataset.OptionsAs<LogisticFactorizationOptions>();
        var options = given with { Factors = LogisticFactorizationOptions.Rounded(given.Factors) };
        var (users, items) = (dataset.Manifest.Users, dataset.Manifest.Items);
        CheckMemory(dataset.Manifest, users + items, Fields, options.Factors, $"{users} users and {items} items");

        var pairs = PositivePairs.Of(dataset);
        var weights = pairs.Count == 0 ? Weights.Unknown(users, items, options.Factors) : Fit(pairs, options, dataset.Manifest.Seed, progress);
        dataset.WriteModelArray("user-factors", weights.UserFactors);
        dataset.WriteModelArray("item-factors", weights.ItemFactors);
        dataset.WriteModelArray("user-biases", weights.UserBiases);
        dataset.WriteModelArray("item-biases", weights.ItemBiases);
        dataset.WriteModel(new { form = "factors", factors = options.Factors, foldIn = new { kind = "comparisons", regularization = FoldInRegularization } });
    }

    /// <exception cref="WorkerException">A machine of so many features would need more memory than there may be.</exception>
    internal static void CheckMemory(Manifest manifest, long features, int fields, int factors, string what)
    {
        var needed = features * fields * factors * sizeof(float) * Copies;
        if (needed > manifest.MaxMemoryBytes)
            throw new WorkerException($"The factors of {what} need {needed >> 20} MiB, and there are {manifest.MaxMemoryBytes >> 20}; choose fewer factors, or raise the bound.");
    }

    internal static Weights Fit(PositivePairs pairs, LogisticFactorizationOptions options, int seed, ProgressWriter progress)
    {
        var (users, items) = (pairs.UserCount, pairs.UsersOfItem.Length);
        var context = new MLContext(seed);
        var rows = new SampledRows(
            pairs, options.Negatives, options.Popularity, seed, (pass, part) => progress.Report("training", (pass + part) / options.Epochs));
        var model = TrainerOf(context, options).Fit(VectorsOf(context, rows, users, items)).Model;
        return Weights.Read(model, pairs, options);
    }

    private static FieldAwareFactorizationMachineTrainer TrainerOf(MLContext context, LogisticFactorizationOptions options) =>
        context.BinaryClassification.Trainers.FieldAwareFactorizationMachine(new FieldAwareFactorizationMachineTrainer.Options
        {
            LabelColumnName = nameof(SampledRow.Label),
            FeatureColumnName = nameof(SampledRow.User),
            ExtraFeatureColumns = [nameof(SampledRow.Item)],
            LatentDimension = options.Factors,
            NumberOfIterations = options.Epochs,
            LearningRate = options.LearningRate,
            LambdaLatent = options.Regularization,
            LambdaLinear = options.BiasRegularization,
            // Both would change what a row means: its two ones become 0.7, and the order of a pass is its own.
            NormalizeFeatures = false,
            Shuffle = false,
            Radius = Radius,
            Verbose = false,
        });

    /// <summary>Each key as a vector with a one at its place; the count of keys is known only here.</summary>
    private static IDataView VectorsOf(MLContext context, SampledRows rows, int users, int items)
    {
        var schema = SchemaDefinition.Create(typeof(SampledRow));
        schema[nameof(SampledRow.User)].ColumnType = new KeyDataViewType(typeof(uint), users);
        schema[nameof(SampledRow.Item)].ColumnType = new KeyDataViewType(typeof(uint), items);
        var keys = context.Data.LoadFromEnumerable(rows, schema);
        InputOutputColumnPair[] columns = [new(nameof(SampledRow.User)), new(nameof(SampledRow.Item))];
        return context.Transforms.Conversion.MapKeyToVector(columns).Fit(keys).Transform(keys);
    }
}
