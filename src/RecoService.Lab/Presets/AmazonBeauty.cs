using System.Text.Json;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;

namespace RecoService.Lab.Presets;

/// <summary>
/// Amazon Beauty, the 5-core sequences of S3-Rec (Zhou et al., CIKM 2020): each user's last item is the test item, the one before it validates, all items
/// are ranked but the user's history. Published: the table of S3-Rec's README, and TIGER (Rajput et al., NeurIPS 2023). EASE was computed with lambda 200, not published.
/// </summary>
internal static class AmazonBeauty
{
    private const int CutOff = 10;

    private static readonly PublishedRow[] Published =
    [
        Row("PopRec", "popularity", 0.0152, 0.0068),
        Row("GRU4Rec", null, 0.0283, 0.0137),
        Row("Caser", null, 0.0347, 0.0176),
        Row("HGN", null, 0.0512, 0.0266),
        Row("SASRec", null, 0.0605, 0.0318),
        Row("S3-Rec", null, 0.0647, 0.0327),
        Row("TIGER", null, 0.0648, 0.0384),
    ];

    public static IReadOnlyList<EvaluationPart> Load(string folder)
    {
        var split = Splits.LeaveLastOut(Everything(folder).Build().All);
        var protocol = new EvaluationProtocol(EvaluationTarget.TopN, [5, CutOff, 20], HeadlineCutOff: CutOff);
        return
        [
            new EvaluationPart(
                "last item, the one before it in training", [EvaluationFold.OfLists(new(split.TrainAndValidation, split.Test))], protocol,
                [Row("EASE", "ease", 0.0764, 0.0418), .. Published]) { CutValidation = (train, _) => CutLast(train) },
            new EvaluationPart(
                "last item, the one before it known but not learned from", [EvaluationFold.OfLists(new(split.Train, split.Test)) with { History = split.TrainAndValidation }], protocol,
                [Row("EASE", "ease", 0.0670, 0.0356), .. Published]) { CutValidation = (train, _) => CutLastButOne(train) },
        ];
    }

    /// <summary>All interactions, and what is known of the items.</summary>
    public static SplitBuilder Everything(string folder)
    {
        var builder = new SplitBuilder();
        foreach (var row in InteractionFile.Read(Path.Combine(folder, "Beauty.txt"), new FileLayout(FileFormat.Lists)))
            builder.Add(row);
        AddContent(builder, folder);
        return builder;
    }

    private static EvaluationFold CutLast(InteractionDataset train)
    {
        var split = Splits.LeaveLastOut(train);
        return EvaluationFold.OfLists(new(split.TrainAndValidation, split.Test));
    }

    /// <summary>The item before the last is known, and not learned from, as in the test part.</summary>
    private static EvaluationFold CutLastButOne(InteractionDataset train)
    {
        var split = Splits.LeaveLastOut(train);
        return EvaluationFold.OfLists(new(split.Train, split.Test)) with { History = split.TrainAndValidation };
    }

    /// <summary>A few keywords an item, as its title, and its attributes by number.</summary>
    private static void AddContent(SplitBuilder builder, string folder)
    {
        var (textFile, attributeFile) = (Path.Combine(folder, "Beauty_item2text.tsv"), Path.Combine(folder, "Beauty_item2attributes.json"));
        var attributes = JsonSerializer.Deserialize<Dictionary<string, int[]>>(File.ReadAllBytes(attributeFile)) ?? [];
        var texts = DelimitedLines.Read(textFile).Select(line => line.Text.Split('\t', 2)).Where(fields => fields.Length == 2)
            .ToDictionary(fields => fields[0], fields => fields[1], StringComparer.Ordinal);
        foreach (var item in texts.Keys.Union(attributes.Keys))
        {
            builder.AddContent(item, new ItemContent
            {
                Title = texts.GetValueOrDefault(item, ""),
                Attributes = [.. attributes.GetValueOrDefault(item, []).Select(number => FormattableString.Invariant($"attribute={number}"))],
            });
        }
    }

    private static PublishedRow Row(string name, string? trainer, double hitRate, double ndcg) => new(
        name, trainer, new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [Measures.NameOf(RankingMetric.HitRate, CutOff)] = hitRate,
            [Measures.NameOf(RankingMetric.Ndcg, CutOff)] = ndcg,
        });
}
