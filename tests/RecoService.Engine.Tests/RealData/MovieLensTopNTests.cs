using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The preset <c>ml-100k-topn</c> against Ferrari Dacrema, Boglio, Cremonesi, Jannach, ACM TOIS 39(2), 2021, table 46.</summary>
public sealed class MovieLensTopNTests
{
    private static PresetData Preset => PresetData.Of("ml-100k-topn");

    [Theory]
    [InlineData("popularity")]
    [InlineData("ease")]
    [InlineData("item-knn")]
    public void Evaluate_Deterministic_EqualsThePublishedFigures(string trainer)
    {
        var result = Preset.Evaluate(trainer);

        Assert.Equal(942, result.UserCount);
        foreach (var (measure, printed) in Preset.Parts[0].Published.Single(row => row.Trainer == trainer).Values)
            Assert.Equal(printed, result.Values[measure], 0.00005);
    }

    [Theory]
    [InlineData("pure-svd")]
    [InlineData("user-knn")]
    [InlineData("rp3beta")]
    [InlineData("implicit-als")]
    [InlineData("slim")]
    [InlineData("bpr")]
    public void Evaluate_SearchedOrPublishedOptions_ReachThePublishedClass(string trainer)
    {
        var printed = Preset.Parts[0].Published.Single(row => row.Trainer == trainer).Values["nDCG@10"];

        Assert.InRange(Preset.Evaluate(trainer).Values["nDCG@10"], 0.98 * printed, 0.40);
    }

    /// <summary>Nothing is published for it here, and its file names no options; it has to stay near the models of factors that are.</summary>
    [Fact]
    public void Evaluate_SimpleXDefaults_AreNearPublishedFactorModels() => Assert.InRange(Preset.Evaluate("simplex").Values["nDCG@10"], 0.25, 0.40);

    [Fact]
    public void Evaluate_Hybrid_ReachesTheBestPublishedFigure() => Assert.InRange(Preset.Evaluate("hybrid").Values["nDCG@10"], 0.2957, 0.40);

    [Theory]
    [InlineData("logistic-regression")]
    [InlineData("linear-svm")]
    public void Evaluate_SecondStage_IsNoWorseThanTheFirst(string trainer)
    {
        var options = (LinearRankingOptions)BuiltInTrainers.Registry.OptionsOf(trainer, Preset.Options);
        var first = Preset.Evaluate(options.CandidateTrainer).At(10);

        Assert.InRange(OfflineEvaluator.Compare(Preset.Evaluate(trainer).At(10), first).Interval.High, 0, 1);
    }

    [Fact]
    public void Evaluate_TiesToTheLowerIndex_IsNextToThePublishedFigure()
    {
        var fold = Preset.Parts[0].Folds[0];
        var model = new PopularityTrainer(new PopularityOptions()).Train(fold.Train, new TrainingContext());

        var result = OfflineEvaluator.EvaluateRanking(model, fold.Train, fold.Relevant, new RankingOptions(10, IdealDcg.AllRelevant, Threads: 2), TestContext.Current.CancellationToken);

        Assert.Equal(0.13602, result.NdcgAtK, 1e-5);
    }

    [Fact]
    public void Evaluate_ImplicitAlsByConjugateGradient_EqualsTheExactSolver()
    {
        var exact = Preset.Evaluate("implicit-als", new ImplicitAlsOptions { Solver = AlsSolver.Exact });

        Assert.Equal(exact.Values["nDCG@10"], Preset.Evaluate("implicit-als", new ImplicitAlsOptions { Solver = AlsSolver.ConjugateGradient }).Values["nDCG@10"], 0.004);
    }

    /// <summary>The defaults come from a validation part of other data; here they need not be the best.</summary>
    [Fact]
    public void Evaluate_Defaults_AreFarAbovePopularity()
    {
        Assert.InRange(Preset.Evaluate("implicit-als", new ImplicitAlsOptions()).Values["nDCG@10"], 0.22, 0.40);
        Assert.InRange(Preset.Evaluate("bpr", new BprOptions()).Values["nDCG@10"], 0.25, 0.40);
    }
}
