using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The presets read what their data sets are known to hold, and their committed options fit the trainers.</summary>
public sealed class PresetTests
{
    [Fact]
    public void Load_MovieLensRatings_IsFiveFoldsOf80_000And20_000()
    {
        var part = Assert.Single(Load("ml-100k-rating"));

        Assert.Equal(5, part.Folds.Count);
        Assert.All(part.Folds, fold => Assert.Equal((80_000, 20_000, 20_000), (fold.Train.Count, fold.Holdout.Count, fold.Holdout.Ratings.NonZeroCount)));
        var train = part.Folds[0].Train;
        Assert.Equal((943, 1682, 1f, 5f), (train.Users.Count, train.Items.Count, train.Kinds.RatingMin, train.Kinds.RatingMax));
        Assert.Equal("Toy Story (1995)", train.ContentOf(0)?.Title);
        Assert.Equal(["Animation", "Children's", "Comedy"], train.ContentOf(0)!.Categories);
    }

    [Fact]
    public void Evaluate_TopPopularOfMovieLensTopN_EqualsThePublishedRow()
    {
        var part = Assert.Single(Load("ml-100k-topn"));

        var result = Evaluate(part, new PopularityTrainer(new PopularityOptions()));

        Assert.Equal(942, result.UserCount);
        foreach (var (measure, value) in part.Published.Single(row => row.Trainer == "popularity").Values)
            Assert.Equal(value, result.Values[measure], 0.00005);
    }

    [Fact]
    public void Load_AmazonBeauty_HoldsOutTheLastItemOfEverybody()
    {
        var parts = Load("amazon-beauty");

        Assert.Equal(2, parts.Count);
        Assert.Equal((22_363, 12_101), (parts[0].Folds[0].Train.Users.Count, parts[0].Folds[0].Train.Items.Count));
        Assert.Equal([198_502 - 22_363, 198_502 - (2 * 22_363)], parts.Select(part => part.Folds[0].Train.Count));
        Assert.All(parts, part => Assert.Equal(22_363, part.Folds[0].Relevant.NonZeroCount));
        Assert.Equal("nail lacquer simmer and shimmer", parts[0].Folds[0].Train.ContentOf(0)?.Title);
        Assert.Equal(["attribute=1", "attribute=2", "attribute=3"], parts[0].Folds[0].Train.ContentOf(3)!.Attributes);
    }

    /// <summary>The figures of the most popular items have no chance in them, and were computed elsewhere: 0.0122 and 0.0071.</summary>
    [Fact]
    public void Evaluate_PopularityOfAmazonCds_HasTheFiguresComputedElsewhere()
    {
        var part = Assert.Single(Load("amazon-cds"));
        var fold = part.Folds[0];

        Assert.Equal((43_169, 35_648), (fold.Train.Users.Count, fold.Train.Items.Count));
        Assert.Equal((604_475, 172_951), (fold.Train.Count, fold.Holdout.Count));
        var result = Evaluate(part, new PopularityTrainer(new PopularityOptions())).At(20);
        Assert.Equal((0.0122, 0.0071), (Math.Round(result.RecallAtK, 4), Math.Round(result[RankingMetric.Ndcg], 4)));
    }

    [Fact]
    public void Load_OnlineRetail_HoldsPurchasesOfProductsByCustomers()
    {
        var parts = Load("online-retail");

        // 541,909 lines less 135,080 without a customer, 8,905 cancellations and 1,554 of other codes.
        Assert.Equal(396_370, parts[0].Folds[0].Train.Count + parts[0].Folds[0].Holdout.Count);
        Assert.Equal(3, parts.Count);
        Assert.All(parts, part => Assert.NotEqual(0, part.Folds[0].Relevant.NonZeroCount));
        var baskets = parts[2].Folds[0];
        Assert.Equal(396_370, baskets.Train.Count + baskets.Holdout.Count);
        Assert.All(Enumerable.Range(0, baskets.Relevant.RowCount), invoice => Assert.InRange(baskets.Relevant.RowLength(invoice), 0, 1));
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("; ", parts.Select(part =>
            $"{part.Name}: {part.Folds[0].Train.Count} train, {part.Folds[0].Relevant.NonZeroCount} relevant")));

        Assert.Equal(("WHITE HANGING HEART T-LIGHT HOLDER", 2.55f), (baskets.Train.ContentOf(0)?.Title, baskets.Train.ContentOf(0)?.Price));
        var newItems = Evaluate(parts[1], new PopularityTrainer(new PopularityOptions()));
        Assert.Equal(0, newItems.At(10).RecallAtK);
    }

    [Fact]
    public void Load_OnlineRetailBaskets_HoldsOutTheLastInvoiceOfEachCustomer()
    {
        var part = Assert.Single(Load("online-retail-baskets"));
        var fold = Assert.Single(part.Folds);

        // Counted apart from this code: 4,335 customers with 18,405 invoices, of whom 2,829 have at least two.
        Assert.Equal((4_335, 396_370 - 59_177, 59_177), (fold.Train.Users.Count, fold.Train.Count, fold.Holdout.Count));
        Assert.Equal(2_829, Enumerable.Range(0, fold.Relevant.RowCount).Count(user => fold.Relevant.RowLength(user) > 0));
        Assert.Equal(57_291, fold.Relevant.NonZeroCount);
        Assert.Equal(19_356, fold.Relevant.NonZeroCount - HoldoutItems.From(fold.Train, fold.Holdout).Relevant.NonZeroCount);
        var invoices = Enumerable.Range(0, fold.Train.Users.Count).Sum(user => fold.Train.UserTimes(user).ToArray().Distinct().Count() + fold.Holdout.UserTimes(user).ToArray().Distinct().Count());
        Assert.Equal(18_405, invoices);
        Assert.True(fold.Train.Kinds.CanRepeat);
    }

    [Fact]
    public void Evaluate_ContentOfOnlineRetail_FindsItemsThatNobodyHadBought()
    {
        var newItems = Load("online-retail")[1];

        Assert.InRange(Evaluate(newItems, new ContentTrainer(new ContentOptions())).At(10).RecallAtK, 0.1, 1);
    }

    [Fact]
    public void Options_OfEveryPreset_FitTheTrainers()
    {
        foreach (var preset in EvaluationPreset.All)
            _ = TrainerOptionsFile.Read(Path.Combine(AppContext.BaseDirectory, "presets", $"{preset.Name}.json"), BuiltInTrainers.Registry);
    }

    private static IReadOnlyList<EvaluationPart> Load(string name)
    {
        var preset = EvaluationPreset.All.Single(preset => preset.Name == name);
        return preset.Load(SharedData.FolderOrSkip(preset.Folder));
    }

    private static EvaluationResult Evaluate(EvaluationPart part, ITrainer trainer) =>
        new PartEvaluator(TimeProvider.System).Evaluate(part, trainer, new TrainingContext(2, cancellationToken: TestContext.Current.CancellationToken));
}
