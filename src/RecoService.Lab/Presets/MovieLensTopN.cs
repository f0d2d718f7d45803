using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// MovieLens 100K as the fixed 80/20 split of MCRec (Hu et al., KDD 2018): binary, all items ranked but those of the user's train part, the ideal DCG over
/// all of the user's test items. Published in Ferrari Dacrema, Boglio, Cremonesi, Jannach, "A Troubling Analysis of Reproducibility and Progress in
/// Recommender Systems Research", ACM TOIS 39(2), 2021, table 46.
/// </summary>
internal static class MovieLensTopN
{
    private const int CutOff = 10;
    private const byte Test = 1;

    private static readonly PublishedRow[] Published =
    [
        Row("TopPopular", "popularity", 0.1907, 0.1180, 0.1361),
        Row("EASE", "ease", 0.3739, 0.2430, 0.2905),
        Row("SLIM elastic net", "slim", 0.3770, 0.2441, 0.2957),
        Row("iALS", "implicit-als", 0.3596, 0.2283, 0.2759),
        Row("PureSVD", "pure-svd", 0.3545, 0.2247, 0.2719),
        Row("RP3beta", "rp3beta", 0.3435, 0.2191, 0.2588),
        Row("UserKNN dice", "user-knn", 0.3442, 0.2237, 0.2692),
        Row("ItemKNN cosine", "item-knn", 0.3293, 0.2152, 0.2571),
        Row("MF BPR", "bpr", 0.2816, 0.1860, 0.2195),
    ];

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var (all, parts) = Everything(folder).Build();
        var fold = EvaluationFold.OfLists(Splits.HoldOut(all, Array.ConvertAll(parts, part => part == Test)));
        var protocol = new EvaluationProtocol(EvaluationTarget.TopN, [5, CutOff, 20], HeadlineCutOff: CutOff, IdealDcg: IdealDcg.AllRelevant, Ties: TieOrder.AsSelected);
        return [new EvaluationPart("fixed split", [fold], protocol, Published)];
    }

    /// <summary>All interactions, those of the test part marked, and what is known of films and users.</summary>
    public static SplitBuilder Everything(string folder)
    {
        var builder = new SplitBuilder();
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "ml-100k.train.rating"), new FileLayout(FileFormat.Pairs)))
            builder.Add(row);
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "ml-100k.test.rating"), new FileLayout(FileFormat.Lists)))
            builder.Add(row, Test);
        MovieLensContent.AddTo(builder, Path.Combine(folder, "..", "ml-100k"));
        return builder;
    }

    private static PublishedRow Row(string name, string trainer, double precision, double recall, double ndcg) => new(
        name, trainer, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Measures.NameOf(RankingMetric.Precision, CutOff)] = precision,
            [Measures.NameOf(RankingMetric.Recall, CutOff)] = recall,
            [Measures.NameOf(RankingMetric.Ndcg, CutOff)] = ndcg,
        });
}
