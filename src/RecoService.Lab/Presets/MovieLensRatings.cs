using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// MovieLens 100K: ratings 1..5; fold k trains on u.data minus uk.test. Harper, Konstan, "The MovieLens Datasets", ACM TiiS 5(4), 2015.
/// The published figures are those of Surprise's README (Hug, JOSS 5(52), 2020): five random folds, so that about 0.01 apart means nothing.
/// </summary>
internal static class MovieLensRatings
{
    private const int FoldCount = 5;
    private const double ValidationFraction = 0.1;

    private static readonly PublishedRow[] Published =
    [
        Row("SVD++", "svd++", 0.919, 0.721),
        Row("k-NN Baseline", "rating-user-knn", 0.931, 0.733),
        Row("SVD", "biased-mf", 0.934, 0.737),
        Row("Baseline", null, 0.944, 0.748),
        Row("Slope One", "slope-one", 0.946, 0.743),
        Row("Centered k-NN", null, 0.951, 0.749),
        Row("NMF", "nmf", 0.963, 0.758),
        Row("k-NN", null, 0.980, 0.774),
        Row("Random", null, 1.518, 1.219),
    ];

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var layout = new FileLayout(FileFormat.Ratings, "\t");
        var foldOf = new Dictionary<(string User, string Item), byte>();
        for (byte fold = 1; fold <= FoldCount; fold++)
        {
            foreach (var row in InteractionFile.Read(Path.Combine(folder, $"u{fold}.test"), layout))
                foldOf[(row.User, row.Item)] = fold;
        }

        var builder = new SplitBuilder();
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "u.data"), layout))
            builder.Add(row, foldOf.GetValueOrDefault((row.User, row.Item)));
        MovieLensContent.AddTo(builder, folder);
        var (all, parts) = builder.Build();
        var folds = Enumerable.Range(1, FoldCount).Select(fold => EvaluationFold.OfRatings(Splits.HoldOut(all, Array.ConvertAll(parts, part => part == fold))));
        return
        [
            new EvaluationPart("five official folds", [.. folds], EvaluationProtocol.Ratings, Published)
            {
                CutValidation = (train, seed) => EvaluationFold.OfRatings(Splits.RandomPerUser(train, ValidationFraction, seed)),
            },
        ];
    }

    private static PublishedRow Row(string name, string? trainer, double rmse, double mae) =>
        new(name, trainer, new Dictionary<string, double>(StringComparer.Ordinal) { [Measures.Rmse] = rmse, [Measures.Mae] = mae });
}
