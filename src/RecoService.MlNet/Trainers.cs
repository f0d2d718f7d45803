namespace RecoService.MlNet;

/// <summary>The trainers by name.</summary>
internal static class Trainers
{
    /// <exception cref="WorkerException">There is none of that name.</exception>
    public static Action<DatasetFolder, ProgressWriter> Of(string name) => name switch
    {
        "ml-logistic-mf" => LogisticFactorization.Train,
        _ => throw new WorkerException($"This build has no trainer '{name}'."),
    };
}
