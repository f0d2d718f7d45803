using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// Amazon CDs, the split of BGCF (Sun et al., KDD 2020): a fifth of each user's items at random is the test part, all items are ranked but those of the user's train part.
/// Published: UltraGCN (Mao et al., CIKM 2021) and MF-BPR as in its table. A large and sparse catalogue that no default was tuned for.
/// </summary>
internal static class AmazonCds
{
    private const int CutOff = 20;
    private const byte Test = 1;

    private static readonly PublishedRow[] Published =
    [
        Row("MF-BPR", "bpr", 0.1312, 0.0811),
        Row("UltraGCN", null, 0.1622, 0.1043),
    ];

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var builder = new SplitBuilder();
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "train.txt.gz"), new FileLayout(FileFormat.Lists)))
            builder.Add(row);
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "test.txt.gz"), new FileLayout(FileFormat.Lists)))
            builder.Add(row, Test);
        var (all, parts) = builder.Build();
        var fold = EvaluationFold.OfLists(Splits.HoldOut(all, Array.ConvertAll(parts, part => part == Test)));
        return [new EvaluationPart("fixed split", [fold], new EvaluationProtocol(EvaluationTarget.TopN, [10, CutOff], HeadlineCutOff: CutOff), Published)];
    }

    private static PublishedRow Row(string name, string? trainer, double recall, double ndcg) => new(
        name, trainer, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Measures.NameOf(RankingMetric.Recall, CutOff)] = recall,
            [Measures.NameOf(RankingMetric.Ndcg, CutOff)] = ndcg,
        });
}
