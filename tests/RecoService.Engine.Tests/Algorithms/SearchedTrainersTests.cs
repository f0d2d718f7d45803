using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.RepeatBlend;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Algorithms.TifuKnn;
using RecoService.Engine.Algorithms.UpCf;
using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Tests.Composition;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms;

/// <summary>What the trainers say of themselves to whoever picks one by trying.</summary>
public sealed class SearchedTrainersTests
{
    private static readonly TrainerRegistry Registry = BuiltInTrainers.Registry;

    public static TheoryData<string> Names => [.. Registry.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void SearchOf_EveryTrainer_SaysWhatItCostsOrWhatItIsMadeOf(string name)
    {
        var search = Registry.SearchOf(name);

        Assert.True(search.Operations is null != search.Compose is null, "It says neither, or both.");
        if (search.Operations is not { } operations)
            return;
        var options = Registry.OptionsOf(name, new Dictionary<string, object>());
        var (small, large) = (operations(options, DataShape.Even(1_000, 500, 20_000)), operations(options, DataShape.Even(10_000, 5_000, 200_000)));
        Assert.True(small > 0 && double.IsFinite(large) && large > small, $"{small} and, with ten times as much, {large}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Starts_OfEveryTrainer_AreValidAndDifferFromTheDefaults(string name)
    {
        var defaults = Registry.Serialize(name, Registry.OptionsOf(name, new Dictionary<string, object>()));
        foreach (var start in Registry.SearchOf(name).Starts)
        {
            Validator.ValidateObject(start.Options, new ValidationContext(start.Options), validateAllProperties: true);
            Assert.NotEqual(defaults, Registry.Serialize(name, start.Options));
        }
    }

    /// <summary>What has to be tried before all others, so that a shop of any size gets more than popularity.</summary>
    [Fact]
    public void IsCheap_HoldsForTheGuaranteedOnes() =>
        Assert.Subset(Registry.Names.Where(name => Registry.SearchOf(name).IsCheap).ToHashSet(), new HashSet<string> { "popularity", "item-knn", "rp3beta", "pure-svd", "implicit-als", "gf-cf" });

    [Fact]
    public void Compose_RepeatBlend_TakesTheBestReaderOfBasketsAndSettlesTheShare()
    {
        var search = Registry.SearchOf("repeat-blend");
        var configured = (RepeatBlendOptions)Registry.OptionsOf("repeat-blend", new Dictionary<string, object> { ["repeat-blend"] = new RepeatBlendOptions { CutOff = 7 } });
        var (tifu, ease) = (new TifuKnnOptions { Groups = 3 }, new EaseOptions { Regularization = 77 });
        NamedOptions[] best = [new("slim", new SlimOptions()), new("tifu-knn", tifu), new("ease", ease), new("up-cf", new UpCfOptions())];

        var options = (RepeatBlendOptions)search.Compose!(configured, best);

        Assert.Equal(("tifu-knn", "ease", 7, null), (options.Repeat, options.Explore, options.CutOff, options.Share));
        Assert.Same(tifu, options.Trainers["tifu-knn"]);
        Assert.Same(ease, options.Trainers["ease"]);
        Assert.DoesNotContain("slim", options.Trainers.Keys);
        Assert.Equal("personal-frequency", ((RepeatBlendOptions)search.Compose!(configured, [new("slim", new SlimOptions())])).Repeat);

        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (3, 1));
        var model = Registry.Train("repeat-blend", options, dataset, new TrainingContext());
        var settled = (RepeatBlendOptions)search.Settle!(options, model);
        Assert.Equal(((RepeatMerge)((ComposedModel)model).Ranker).Share, settled.Share);
        Assert.Equal((options.Repeat, options.Trainers.Count), (settled.Repeat, settled.Trainers.Count));
        Assert.Same(options, search.Settle!(options, Registry.Train("popularity", Registry.OptionsOf("popularity", new Dictionary<string, object>()), dataset, new TrainingContext())));
    }

    [Fact]
    public void Compose_Hybrid_BlendsTheBestWithTheirOptionsAndSettlesTheWeights()
    {
        var search = Registry.SearchOf("hybrid");
        var slim = new SlimOptions { L2Regularization = 7, Neighbours = 5 };
        var popularity = Registry.OptionsOf("popularity", new Dictionary<string, object>());
        var options = (HybridOptions)search.Compose!(new HybridOptions { CutOff = 7 }, [new("slim", slim), new("popularity", popularity)]);

        Assert.Equal(("slim,popularity", "", 7), (options.Components, options.Weights, options.CutOff));
        Assert.Same(slim, options.Trainers["slim"]);
        var dataset = Samples.Data("checkerboard");
        var model = Registry.Train("hybrid", options, dataset, new TrainingContext());
        var settled = (HybridOptions)search.Settle!(options, model);
        Assert.NotNull(settled.GivenWeights());
        Assert.Equal(settled.ComponentNames.Count, settled.GivenWeights()!.Length);
        Assert.All(settled.ComponentNames, name => Assert.Contains(name, options.ComponentNames));
    }

    [Theory]
    [InlineData("logistic-regression")]
    [InlineData("linear-svm")]
    public void Compose_SecondStage_OrdersTheCandidatesOfTheBest(string name)
    {
        var slim = new SlimOptions { L2Regularization = 7 };
        var options = (LinearRankingOptions)Registry.SearchOf(name).Compose!(new LinearRankingOptions { Regularization = 3 }, [new("slim", slim), new("ease", new object())]);

        Assert.Equal(("slim", 3), (options.CandidateTrainer, options.Regularization));
        Assert.Same(slim, Assert.Single(options.Trainers).Value);
    }
}
