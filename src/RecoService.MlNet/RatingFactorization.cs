namespace RecoService.MlNet;

/// <summary>Hyperparameters, as describe.recommender.json describes them.</summary>
internal sealed record RatingFactorizationOptions(int Factors, int Epochs, double LearningRate, double Regularization);

/// <summary>Factorizes cells: |U| x f and |I| x f, both row-major.</summary>
internal delegate (float[] UserFactors, float[] ItemFactors) Factorize<in TOptions>(Cells cells, TOptions options);

/// <summary>Everything around ML.NET's factorization of ratings: what goes in, what must not, and the factors that come out.</summary>
internal static class RatingFactorization
{
    /// <exception cref="WorkerException">The ratings cannot be learned from, or the factors predict worse than the mean rating does.</exception>
    public static void Train(DatasetFolder dataset, ProgressWriter progress, Factorize<RatingFactorizationOptions> factorize)
    {
        var options = dataset.OptionsAs<RatingFactorizationOptions>();
        var cells = Cells.Of(dataset.Read<long>("rating-user-starts"), dataset.Read<int>("rating-items"), dataset.Read<float>("rating-values"), dataset.Manifest.Items);
        if (cells.Count == 0)
        {
            Write(dataset, Weights.Unknown(cells.UserCount, cells.ItemCount, options.Factors), options, mean: 0, deviation: 1);
            return;
        }

        // Ratings that differ little, beside a large mean, would give factors that explain the mean badly and nothing else.
        var (scaled, mean, deviation) = cells.Standardize();
        progress.Report("training", 0);
        var (users, items) = factorize(scaled, options);
        if (!(scaled.RmseOf(users, items, options.Factors) < 1))
            throw new WorkerException($"The factors predict the ratings they were trained on worse than their mean does. Try another learningRate ({options.LearningRate}) or regularization ({options.Regularization}).");
        scaled.ForgetUnseen(users, items, options.Factors);
        for (var position = 0; position < items.Length; position++)
            items[position] *= (float)deviation;
        Write(dataset, new Weights(users, items, [], []), options, mean, deviation);
    }

    /// <summary>What is weighed against a squared error of scaled ratings weighs so many times more against one of ratings.</summary>
    private static void Write(DatasetFolder dataset, Weights weights, RatingFactorizationOptions options, double mean, double deviation)
    {
        dataset.WriteModelArray("user-factors", weights.UserFactors);
        dataset.WriteModelArray("item-factors", weights.ItemFactors);
        dataset.WriteModel(new { form = "factors", factors = options.Factors, mean, foldIn = new { kind = "ratings", regularization = options.Regularization * deviation * deviation } });
    }
}
