namespace RecoService.MlNet;

/// <summary>The trainers by name.</summary>
internal static class Trainers
{
    /// <exception cref="WorkerException">There is none of that name.</exception>
    public static Action<DatasetFolder, ProgressWriter> Of(string name) => name switch
    {
        "ml-logistic-mf" => LogisticFactorization.Train,
        "ml-ffm" => FieldMachine.Train,
        "ml-logistic-regression" => LogisticRegression.Train,
        "ml-lambda-rank" => LambdaRank.Train,
#if ENABLE_MLNET_RECOMMENDER
        "ml-matrix-factorization" => (dataset, progress) => RatingFactorization.Train(dataset, progress, MatrixFactorization.FitRatings),
        "ml-one-class-mf" => (dataset, progress) => OneClassFactorization.Train(dataset, progress, MatrixFactorization.FitPairs),
#endif
        _ => throw new WorkerException($"This build has no trainer '{name}'."),
    };
}
