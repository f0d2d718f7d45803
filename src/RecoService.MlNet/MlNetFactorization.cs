#if ENABLE_MLNET
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>The only file that needs the ML.NET packages: rows in, the two factor matrices out.</summary>
internal static class MlNetFactorization
{
    public static (float[] UserFactors, float[] ItemFactors) Fit(TrainingRows rows, MlNetOptions options, int threads, int seed)
    {
        var context = new MLContext(seed);
        // The count of keys is the size of the matrix, so every user and item has a row whether it was seen or not.
        var schema = SchemaDefinition.Create(typeof(Cell));
        schema[nameof(Cell.User)].ColumnType = new KeyDataViewType(typeof(uint), rows.UserIsSeen.Length);
        schema[nameof(Cell.Item)].ColumnType = new KeyDataViewType(typeof(uint), rows.ItemIsSeen.Length);

        var trainer = context.Recommendation().Trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
        {
            MatrixRowIndexColumnName = nameof(Cell.User),
            MatrixColumnIndexColumnName = nameof(Cell.Item),
            LabelColumnName = nameof(Cell.Label),
            LossFunction = options.IsOneClass
                ? MatrixFactorizationTrainer.LossFunctionType.SquareLossOneClass
                : MatrixFactorizationTrainer.LossFunctionType.SquareLossRegression,
            ApproximationRank = options.Factors,
            NumberOfIterations = options.Epochs,
            LearningRate = options.LearningRate,
            Lambda = options.Regularization,
            Alpha = options.Alpha,
            C = options.C,
            NonNegative = options.NonNegative,
            NumberOfThreads = threads,
            Quiet = true,
        });

        var model = trainer.Fit(context.Data.LoadFromEnumerable(Cells(rows), schema)).Model;
        // Both are row-major with one row per key, and arrays at run time.
        return (ToArray(model.LeftFactorMatrix), ToArray(model.RightFactorMatrix));
    }

    private static IEnumerable<Cell> Cells(TrainingRows rows)
    {
        for (var row = 0; row < rows.Count; row++)
            yield return new Cell { User = rows.Users[row], Item = rows.Items[row], Label = rows.Labels[row] };
    }

    private static float[] ToArray(IReadOnlyList<float> factors) => factors as float[] ?? [.. factors];

    /// <summary>What ML.NET reads by name; both keys are 0-based.</summary>
    private sealed class Cell
    {
        public uint User { get; set; }

        public uint Item { get; set; }

        public float Label { get; set; }
    }
}
#endif
