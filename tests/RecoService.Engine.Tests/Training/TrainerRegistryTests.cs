using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.GfCf;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.NonNegativeFactorization;
using RecoService.Engine.Algorithms.PolicyGradient;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Algorithms.RatingUserKnn;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Algorithms.SlopeOne;
using RecoService.Engine.Algorithms.SvdPlusPlus;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class TrainerRegistryTests
{
    [Theory]
    [InlineData("implicit-als", typeof(ImplicitAlsOptions), typeof(ImplicitAlsTrainer))]
    [InlineData("biased-mf", typeof(BiasedMatrixFactorizationOptions), typeof(BiasedMatrixFactorizationTrainer))]
    [InlineData("bpr", typeof(BprOptions), typeof(BprTrainer))]
    [InlineData("svd++", typeof(SvdPlusPlusOptions), typeof(SvdPlusPlusTrainer))]
    [InlineData("popularity", typeof(PopularityOptions), typeof(PopularityTrainer))]
    [InlineData("ease", typeof(EaseOptions), typeof(EaseTrainer))]
    [InlineData("gf-cf", typeof(GfCfOptions), typeof(GfCfTrainer))]
    [InlineData("hybrid", typeof(HybridOptions), typeof(HybridTrainer))]
    [InlineData("slim", typeof(SlimOptions), typeof(SlimTrainer))]
    [InlineData("pure-svd", typeof(PureSvdOptions), typeof(PureSvdTrainer))]
    [InlineData("nmf", typeof(NonNegativeFactorizationOptions), typeof(NonNegativeFactorizationTrainer))]
    [InlineData("content", typeof(ContentOptions), typeof(ContentTrainer))]
    [InlineData("sequence", typeof(SequenceOptions), typeof(SequenceTrainer))]
    [InlineData("item-knn", typeof(ItemKnnOptions), typeof(ItemKnnTrainer))]
    [InlineData("rp3beta", typeof(Rp3BetaOptions), typeof(Rp3BetaTrainer))]
    [InlineData("user-knn", typeof(UserKnnOptions), typeof(UserKnnTrainer))]
    [InlineData("rating-knn", typeof(RatingKnnOptions), typeof(RatingKnnTrainer))]
    [InlineData("policy-gradient", typeof(PolicyGradientOptions), typeof(PolicyGradientTrainer))]
    [InlineData("rating-user-knn", typeof(RatingUserKnnOptions), typeof(RatingUserKnnTrainer))]
    [InlineData("simplex", typeof(SimpleXOptions), typeof(SimpleXTrainer))]
    [InlineData("slope-one", typeof(SlopeOneOptions), typeof(SlopeOneTrainer))]
    public void Create_BuiltIn_GivesItsTrainer(string name, Type optionsType, Type trainerType)
    {
        var options = Activator.CreateInstance(optionsType)!;
        Assert.Equal(optionsType, BuiltInTrainers.Registry.OptionsTypeOf(name));
        Assert.IsType(trainerType, BuiltInTrainers.Registry.Create(name, options));
    }

    [Fact]
    public void Names_BuiltIn_AreSorted() => Assert.Equal(["biased-mf", "bpr", "content", "ease", "gf-cf", "hybrid", "implicit-als", "item-knn", "linear-svm", "logistic-regression", "nmf", "personal-frequency", "policy-gradient", "popularity", "pure-svd", "rating-knn", "rating-user-knn", "repeat-blend", "rp3beta", "sequence", "simplex", "slim", "slope-one", "svd++", "tifu-knn", "up-cf", "user-knn"], BuiltInTrainers.Registry.Names);

    [Fact]
    public void OptionsTypeOf_UnknownName_NamesTheKnown()
    {
        var exception = Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.OptionsTypeOf("deep"));
        Assert.Contains("implicit-als, item-knn, linear-svm", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("one-class", "implicit-als")]
    [InlineData("squared", "biased-mf")]
    [InlineData("svdpp", "svd++")]
    public void OtherNames_MeanTheSameTrainer(string other, string name)
    {
        var registry = BuiltInTrainers.Registry;
        Assert.Equal(name, TrainerRegistry.NameOf(other));
        Assert.Equal(registry.OptionsTypeOf(name), registry.OptionsTypeOf(other));
        var hybrid = (HybridOptions)registry.Deserialize("hybrid", $"{{\"components\":\"{other},popularity\",\"trainers\":{{\"{other}\":{{}}}}}}");
        Assert.Equal([name], hybrid.Trainers.Keys);
        Assert.Contains(name, ((HybridOptions)registry.OptionsOf("hybrid", new Dictionary<string, object> { ["hybrid"] = hybrid })).Trainers.Keys);
    }

    [Fact]
    public void NameOf_WhatMeansNoTrainer_StaysAsItIs() => Assert.Equal("auto", TrainerRegistry.NameOf("auto"));

    [Fact]
    public void Create_OtherOptionsType_Throws() =>
        Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.Create("biased-mf", new PopularityOptions()));

    [Fact]
    public void With_NewTrainer_LeavesTheOldRegistryAsItWas()
    {
        var registry = BuiltInTrainers.Registry.With<Flavour>("mine", _ => new Mine());
        Assert.IsType<Mine>(registry.Create("mine", new Flavour()));
        Assert.DoesNotContain("mine", BuiltInTrainers.Registry.Names);
    }

    [Fact]
    public void Serialize_Options_IsCamelCaseAndComesBack()
    {
        var json = BuiltInTrainers.Registry.Serialize("implicit-als", new ImplicitAlsOptions { Factors = 7, Confidence = ConfidenceScale.Linear, RegularizationScale = RegularizationScale.None });

        Assert.Contains("\"factors\":7", json, StringComparison.Ordinal);
        Assert.Contains("\"confidence\":\"linear\"", json, StringComparison.Ordinal);
        var read = Assert.IsType<ImplicitAlsOptions>(BuiltInTrainers.Registry.Deserialize("implicit-als", json));
        Assert.Equivalent(new ImplicitAlsOptions { Factors = 7, Confidence = ConfidenceScale.Linear, RegularizationScale = RegularizationScale.None }, read);
    }

    [Theory]
    [InlineData("{\"factor\":7}")]
    [InlineData("{\"factors\":\"many\"}")]
    [InlineData("{\"confidence\":\"square\"}")]
    [InlineData("{\"confidence\":7}")]
    [InlineData("null")]
    [InlineData("")]
    public void Deserialize_NotItsOptions_Throws(string json) =>
        Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.Deserialize("implicit-als", json));

    [Fact]
    public void OptionsTypeOf_BuiltIn_DefaultsAreValidAndOddValuesAreNot()
    {
        foreach (var name in BuiltInTrainers.Registry.Names)
            Assert.Empty(ErrorsOf(Activator.CreateInstance(BuiltInTrainers.Registry.OptionsTypeOf(name))!));

        Assert.Equal(["Alpha", "Confidence", "Factors"], ErrorsOf(new ImplicitAlsOptions { Factors = 0, Alpha = float.NaN, Confidence = (ConfidenceScale)9 }));
        Assert.Equal(["Epochs", "LearningRate", "Regularization"], ErrorsOf(new BiasedMatrixFactorizationOptions { Epochs = 0, LearningRate = 0, Regularization = -1 }));
        Assert.Equal(["Epochs", "Factors", "LearningRate", "NegativeRegularization"], ErrorsOf(new BprOptions { Factors = 0, Epochs = 0, LearningRate = 2, NegativeRegularization = -1 }));
        Assert.Equal(["BiasRegularization", "LearningRateDecay", "Regularization"], ErrorsOf(new SvdPlusPlusOptions { Regularization = -1, BiasRegularization = float.NaN, LearningRateDecay = 0 }));
        Assert.Equal(["HalfLifeDays"], ErrorsOf(new PopularityOptions { HalfLifeDays = 0 }));
        Assert.Equal(["HalfLifeDays", "TrendDays"], ErrorsOf(new PopularityOptions { HalfLifeDays = 7, TrendDays = 7 }));
    }

    [Fact]
    public void OptionsOf_MadeOfOthers_TakesWhatIsConfiguredForThem()
    {
        var inner = new ImplicitAlsOptions { Factors = 5 };
        var options = new HybridOptions { Components = "implicit-als,ease", Fallbacks = "popularity", Trainers = { ["implicit-als"] = inner } };
        var configured = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["hybrid"] = options,
            ["implicit-als"] = new ImplicitAlsOptions { Factors = 7 },
            ["ease"] = new EaseOptions { Regularization = 458 },
        };

        var resolved = (HybridOptions)BuiltInTrainers.Registry.OptionsOf("hybrid", configured);

        Assert.Equal(5, ((ImplicitAlsOptions)resolved.Trainers["implicit-als"]).Factors);
        Assert.Equal(458, ((EaseOptions)resolved.Trainers["ease"]).Regularization);
        Assert.IsType<PopularityOptions>(resolved.Trainers["popularity"]);
        Assert.Single(options.Trainers);
        var read = (HybridOptions)BuiltInTrainers.Registry.Deserialize("hybrid", BuiltInTrainers.Registry.Serialize("hybrid", resolved));
        Assert.Equivalent(resolved, read, strict: true);
    }

    [Fact]
    public void OptionsOf_NothingConfigured_GivesTheDefaults() =>
        Assert.Equal(128, ((ImplicitAlsOptions)BuiltInTrainers.Registry.OptionsOf("implicit-als", new Dictionary<string, object>(StringComparer.Ordinal))).Factors);

    [Theory]
    [InlineData("hybrid", "hybrid of hybrid")]
    [InlineData("deep", "There is no trainer 'deep'")]
    public void OptionsOf_ComponentThatCannotBe_SaysWhyNot(string component, string reason)
    {
        var configured = new Dictionary<string, object>(StringComparer.Ordinal) { ["hybrid"] = new HybridOptions { Components = component } };
        var exception = Assert.Throws<ArgumentException>(() => BuiltInTrainers.Registry.OptionsOf("hybrid", configured));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> ErrorsOf(object options)
    {
        var errors = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true);
        return errors.SelectMany(error => error.MemberNames).Order(StringComparer.Ordinal);
    }

    private sealed class Flavour;

    private sealed class Mine : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context) => new PopularityTrainer(new PopularityOptions()).Train(dataset, context);
    }
}
