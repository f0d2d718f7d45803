namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.recommender.json describes them.</summary>
internal sealed record OneClassFactorizationOptions(int Factors, int Epochs, double Alpha, double Regularization);

/// <summary>Everything around ML.NET's one-class factorization. It looks at no label, so only pairs of positive weight may go in.</summary>
internal static class OneClassFactorization
{
    /// <exception cref="WorkerException">Training diverged.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress, Factorize<OneClassFactorizationOptions> factorize)
    {
        var options = dataset.OptionsAs<OneClassFactorizationOptions>();
        var pairs = PositivePairs.Of(dataset);
        var weights = Weights.Unknown(pairs.UserCount, dataset.Manifest.Items, options.Factors);
        if (pairs.Count > 0)
        {
            progress.Report("training", 0);
            var cells = new Cells(pairs.UserCount, dataset.Manifest.Items, pairs.Users, pairs.Items, [.. Enumerable.Repeat(1f, pairs.Count)]);
            var (users, items) = factorize(cells, options);
            if (!double.IsFinite(cells.RmseOf(users, items, options.Factors)))
                throw new WorkerException($"Training diverged: some factors are not finite. Raise regularization ({options.Regularization}).");
            cells.ForgetUnseen(users, items, options.Factors);
            weights = new Weights(users, items, [], []);
        }

        dataset.WriteModelArray("user-factors", weights.UserFactors);
        dataset.WriteModelArray("item-factors", weights.ItemFactors);
        dataset.WriteModel(new
        {
            form = "factors",
            factors = options.Factors,
            foldIn = new { kind = "pairs", excess = (1 / options.Alpha) - 1, regularization = options.Regularization / options.Alpha },
        });
    }
}
