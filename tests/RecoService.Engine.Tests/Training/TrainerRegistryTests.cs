using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class TrainerRegistryTests
{
    [Theory]
    [InlineData("one-class", typeof(ImplicitAlsOptions), typeof(ImplicitAlsTrainer))]
    [InlineData("squared", typeof(BiasedMatrixFactorizationOptions), typeof(BiasedMatrixFactorizationTrainer))]
    [InlineData("popularity", typeof(PopularityOptions), typeof(PopularityTrainer))]
    public void Create_BuiltIn_GivesItsTrainer(string name, Type optionsType, Type trainerType)
    {
        var options = Activator.CreateInstance(optionsType)!;
        Assert.Equal(optionsType, TrainerRegistry.BuiltIn.OptionsTypeOf(name));
        Assert.IsType(trainerType, TrainerRegistry.BuiltIn.Create(name, options));
    }

    [Fact]
    public void Names_BuiltIn_AreSorted() => Assert.Equal(["one-class", "popularity", "squared"], TrainerRegistry.BuiltIn.Names);

    [Fact]
    public void OptionsTypeOf_UnknownName_NamesTheKnown()
    {
        var exception = Assert.Throws<ArgumentException>(() => TrainerRegistry.BuiltIn.OptionsTypeOf("deep"));
        Assert.Contains("one-class, popularity, squared", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_OtherOptionsType_Throws() =>
        Assert.Throws<ArgumentException>(() => TrainerRegistry.BuiltIn.Create("squared", new PopularityOptions()));

    [Fact]
    public void With_NewTrainer_LeavesTheOldRegistryAsItWas()
    {
        var registry = TrainerRegistry.BuiltIn.With<Flavour>("mine", _ => new Mine());
        Assert.IsType<Mine>(registry.Create("mine", new Flavour()));
        Assert.DoesNotContain("mine", TrainerRegistry.BuiltIn.Names);
    }

    [Fact]
    public void Serialize_Options_IsCamelCaseAndComesBack()
    {
        var json = TrainerRegistry.BuiltIn.Serialize("one-class", new ImplicitAlsOptions { Factors = 7, Confidence = ConfidenceScale.Linear, RegularizationScale = RegularizationScale.None });

        Assert.Contains("\"factors\":7", json, StringComparison.Ordinal);
        Assert.Contains("\"confidence\":\"linear\"", json, StringComparison.Ordinal);
        var read = Assert.IsType<ImplicitAlsOptions>(TrainerRegistry.BuiltIn.Deserialize("one-class", json));
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
        Assert.Throws<ArgumentException>(() => TrainerRegistry.BuiltIn.Deserialize("one-class", json));

    [Fact]
    public void OptionsTypeOf_BuiltIn_DefaultsAreValidAndOddValuesAreNot()
    {
        foreach (var name in TrainerRegistry.BuiltIn.Names)
            Assert.Empty(ErrorsOf(Activator.CreateInstance(TrainerRegistry.BuiltIn.OptionsTypeOf(name))!));

        Assert.Equal(["Alpha", "Confidence", "Factors"], ErrorsOf(new ImplicitAlsOptions { Factors = 0, Alpha = float.NaN, Confidence = (ConfidenceScale)9 }));
        Assert.Equal(["Epochs", "LearningRate", "Regularization"], ErrorsOf(new BiasedMatrixFactorizationOptions { Epochs = 0, LearningRate = 0, Regularization = -1 }));
        Assert.Equal(["HalfLifeDays"], ErrorsOf(new PopularityOptions { HalfLifeDays = 0 }));
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
