using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.RealData;

/// <summary>
/// MovieLens 100K as a fixed split for top-N lists: binary, all items the user does not have are ranked, the ideal DCG runs over all of the
/// user's test items. Ferrari Dacrema, Boglio, Cremonesi, Jannach, ACM TOIS 39(2), 2021, table 46.
/// </summary>
internal sealed record MovieLensTopNSplit(InteractionDataset Train, SparseMatrix Relevant)
{
    private const long HeldOut = 1;

    /// <summary>Skips the test where the data is not there.</summary>
    public static MovieLensTopNSplit ReadOrSkip()
    {
        var folder = SharedData.FolderOrSkip("ml-100k-topn");
        var kinds = new InteractionKinds([new("purchase", 1, Consumes: true), new(InteractionKind.Rating, 1, Consumes: true)]);
        var builder = new InteractionDatasetBuilder(kinds);
        foreach (var line in File.ReadLines(Path.Combine(folder, "ml-100k.train.rating")))
        {
            var fields = line.Split('\t');
            builder.Add(int.Parse(fields[0]), int.Parse(fields[1]), 0, 0, 0);
        }

        foreach (var line in File.ReadLines(Path.Combine(folder, "ml-100k.test.rating")))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (var item in fields[1..])
                builder.Add(int.Parse(fields[0]), int.Parse(item), 0, 0, HeldOut);
        }

        var all = builder.Build();
        var train = all.Where(time => time != HeldOut);
        return new MovieLensTopNSplit(train, HoldoutItems.From(train, all.Where(time => time == HeldOut)).Relevant);
    }

    /// <summary>Trains and judges at 10; the figures are written to the test's output.</summary>
    public RankingResult Evaluate(ITrainer trainer)
    {
        var model = trainer.Train(Train, new TrainingContext(2));
        var result = OfflineEvaluator.EvaluateRanking(model, Train, Relevant, new RankingOptions(10, IdealDcg.AllRelevant, Threads: 2), TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant($"precision@10 {result.PrecisionAtK:F4}, recall@10 {result.RecallAtK:F4}, nDCG@10 {result.NdcgAtK:F4}"));
        Assert.Equal(942, result.UserCount);
        return result;
    }
}
