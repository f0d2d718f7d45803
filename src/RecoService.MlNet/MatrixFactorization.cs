#if ENABLE_MLNET_RECOMMENDER
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace RecoService.MlNet;

/// <summary>
/// The only file that needs Microsoft.ML.Recommender: cells in, the two factor matrices out. Chin et al., "LIBMF: A Library for Parallel Matrix Factorization in
/// Shared-Memory Systems", JMLR 17(86), 2016. One thread, for more give up repeatable results; the seed means nothing to it.
/// </summary>
internal static class MatrixFactorization
{
    /// <summary>By squared loss on the labels.</summary>
    public static (float[] UserFactors, float[] ItemFactors) FitRatings(Cells cells, RatingFactorizationOptions options) => Fit(cells, new MatrixFactorizationTrainer.Options
    {
        LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossRegression,
        ApproximationRank = options.Factors,
        NumberOfIterations = options.Epochs,
        LearningRate = options.LearningRate,
        Lambda = options.Regularization,
    });

    /// <summary>By one-class loss; labels are not looked at.</summary>
    public static (float[] UserFactors, float[] ItemFactors) FitPairs(Cells cells, OneClassFactorizationOptions options) => Fit(cells, new MatrixFactorizationTrainer.Options
    {
        LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossOneClass,
        ApproximationRank = options.Factors,
        NumberOfIterations = options.Epochs,
        Alpha = options.Alpha,
        Lambda = options.Regularization,
    });

    private static (float[] UserFactors, float[] ItemFactors) Fit(Cells cells, MatrixFactorizationTrainer.Options options)
    {
        var context = new MLContext(seed: 0);
        // The count of keys is the size of the matrix, so every user and item has a row whether it was seen or not.
        var schema = SchemaDefinition.Create(typeof(Cell));
        schema[nameof(Cell.User)].ColumnType = new KeyDataViewType(typeof(uint), cells.UserCount);
        schema[nameof(Cell.Item)].ColumnType = new KeyDataViewType(typeof(uint), cells.ItemCount);
        options.MatrixRowIndexColumnName = nameof(Cell.User);
        options.MatrixColumnIndexColumnName = nameof(Cell.Item);
        options.LabelColumnName = nameof(Cell.Label);
        options.NumberOfThreads = 1;
        options.Quiet = true;
        var model = context.Recommendation().Trainers.MatrixFactorization(options).Fit(context.Data.LoadFromEnumerable(Rows(cells), schema)).Model;
        // Both are row-major with one row per key, and arrays at run time.
        return (ToArray(model.LeftFactorMatrix), ToArray(model.RightFactorMatrix));
    }

    private static IEnumerable<Cell> Rows(Cells cells)
    {
        for (var position = 0; position < cells.Count; position++)
            yield return new Cell { User = (uint)cells.Users[position], Item = (uint)cells.Items[position], Label = cells.Labels[position] };
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
