using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Tests.Training;

public sealed class DescribedOptionsTests
{
    private static readonly OptionsSchema Schema = OptionsSchemaTests.Schema("""
        {
          "factors": { "type": "integer", "default": 32, "minimum": 1, "maximum": 1024, "x-search": { "low": 8, "high": 512, "scale": "logarithmic" } },
          "rate": { "type": "number", "default": 0.1, "exclusiveMinimum": 0, "maximum": 1, "x-search": { "low": 0.1, "high": 0.5 } },
          "shuffle": { "type": "boolean", "default": true, "x-search": true },
          "loss": { "type": "string", "default": "log", "enum": ["log", "hinge", "square"], "x-search": true },
          "note": { "type": "string", "default": "" }
        }
        """);

    [Fact]
    public void ToJson_Defaults_HasEveryValueInTheOrderOfTheSchema() =>
        Assert.Equal("""{"factors":32,"rate":0.1,"shuffle":true,"loss":"log","note":""}""", new DescribedOptions(Schema).ToJson());

    [Fact]
    public void Parse_SomeValues_KeepsTheOtherDefaults()
    {
        var options = Parse("""{ "Factors": 8, "loss": "hinge" }""");

        Assert.Equal((8L, 0.1, "hinge"), (options["factors"], options["rate"], options["loss"]));
        Assert.Equal(options.ToJson(), Parse(options.ToJson()).ToJson());
    }

    [Theory]
    [InlineData("""{ "factor": 8 }""", "factor is not an option; known are factors")]
    [InlineData("""{ "factors": 0 }""", "factors must be a whole number at least 1 and at most 1024.")]
    [InlineData("""{ "factors": 8.5 }""", "factors is no Integer")]
    [InlineData("""{ "factors": null }""", "factors is no Integer")]
    [InlineData("""{ "rate": 0 }""", "rate must be a number above 0 and at most 1.")]
    [InlineData("""{ "rate": "fast" }""", "rate is no Number")]
    [InlineData("""{ "shuffle": 1 }""", "shuffle is no Boolean")]
    [InlineData("""{ "loss": "Log" }""", "loss must be one of log, hinge, square.")]
    [InlineData("[]", "Options are a JSON object.")]
    public void Parse_WhatIsNotAllowed_SaysWhy(string json, string fault) =>
        Assert.Contains(fault, Assert.Throws<FormatException>(() => Parse(json)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("factors", "64", "64")]
    [InlineData("rate", "0.25", "0.25")]
    [InlineData("rate", "1e-3", "0.001")]
    [InlineData("shuffle", "False", "False")]
    [InlineData("loss", "square", "square")]
    [InlineData("note", "any text", "any text")]
    public void TrySet_TextOfTheKind_IsTaken(string name, string text, string value)
    {
        var options = new DescribedOptions(Schema);

        Assert.Null(options.TrySet(Schema.Find(name)!, text));
        Assert.Equal(value, FormattableString.Invariant($"{options[name]}"));
    }

    [Theory]
    [InlineData("factors", "many", "factors must be a whole number at least 1 and at most 1024.")]
    [InlineData("factors", "2000", "factors must be a whole number")]
    [InlineData("factors", "1.5", "factors must be a whole number")]
    [InlineData("rate", "NaN", "rate must be a number")]
    [InlineData("shuffle", "perhaps", "shuffle must be true or false.")]
    [InlineData("loss", "logg", "loss must be one of")]
    public void TrySet_AnythingElse_ChangesNothingAndSaysWhy(string name, string text, string fault)
    {
        var options = new DescribedOptions(Schema);

        Assert.StartsWith(fault, options.TrySet(Schema.Find(name)!, text), StringComparison.Ordinal);
        Assert.Equal(new DescribedOptions(Schema).ToJson(), options.ToJson());
    }

    [Fact]
    public void Search_EveryPoint_GivesAllowedOptionsAndThePlaceOfTheirValues()
    {
        ISearchable options = new DescribedOptions(Schema);
        var point = new double[options.CountSearchDimensions()];
        options.ReadSearchPoint(point);
        Assert.Equal([1.0 / 3, 0, 0.75, 0.5 / 3], point, (left, right) => Math.Abs(left - right) < 1e-12);

        options.ApplySearchPoint([0, 1, 0.49, 0.999]);
        Assert.Equal("""{"factors":8,"rate":0.5,"shuffle":false,"loss":"square","note":""}""", ((DescribedOptions)options).ToJson());
        options.ApplySearchPoint([1, 0.333333, 0.5, 1]);
        Assert.Equal("""{"factors":512,"rate":0.233,"shuffle":true,"loss":"square","note":""}""", ((DescribedOptions)options).ToJson());
        options.ReadSearchPoint(point);
        Assert.Equal(1, point[0]);
    }

    [Fact]
    public void Registry_DescribedTrainer_IsMadeSerializedAndSearchedAsAnyOther()
    {
        var registry = BuiltInTrainers.Registry.With("worker", Schema, options => new NamedTrainer((long)options["factors"]), TrainerTarget.Both);

        var configured = new Dictionary<string, object>(StringComparer.Ordinal) { ["worker"] = Parse("""{ "factors": 5 }""") };
        Assert.Equal(5, ((NamedTrainer)registry.Create("worker", registry.OptionsOf("worker", configured))).Factors);
        Assert.Equal(32, ((NamedTrainer)registry.Create("worker", registry.OptionsOf("worker", new Dictionary<string, object>(StringComparer.Ordinal)))).Factors);
        Assert.Equal("""{"factors":7,"rate":0.1,"shuffle":true,"loss":"log","note":""}""", registry.Serialize("worker", registry.Deserialize("worker", """{"factors":7}""")));
        Assert.Contains("worker", registry.NamesFor(TrainerTarget.Ratings));
        Assert.Same(Schema, registry.SchemaOf("worker"));
        Assert.Null(registry.SchemaOf("ease"));
        var space = new SearchSpace(registry, "worker", configured["worker"]);
        Assert.Equal(4, space.Dimensions);
        Assert.Equal(512L, ((DescribedOptions)space.At([1, 0, 0, 0]))["factors"]);
    }

    [Fact]
    public void Registry_OptionNamesATrainer_ItsOptionsStandWithTheRest()
    {
        var own = OptionsSchemaTests.Schema("""{ "depth": { "type": "integer", "default": 3 } }""");
        var shared = OptionsSchemaTests.Schema("""{ "stage": { "type": "string", "default": "ease" }, "depth": { "type": "integer", "default": 9 } }""");
        TrainerRegistry? createdBy = null;
        var registry = BuiltInTrainers.Registry.With("ranker", own.With(shared, "stage"), (options, trainers) =>
        {
            createdBy = trainers;
            return new NamedTrainer((long)options["depth"]);
        });
        var configured = new Dictionary<string, object>(StringComparer.Ordinal) { ["ease"] = new EaseOptions { Regularization = 7 }, ["slim"] = new SlimOptions { Epochs = 5 } };

        // Its own default holds, and what is configured for the other trainer is taken along.
        var options = (DescribedOptions)registry.OptionsOf("ranker", configured);
        Assert.Equal(3L, options["depth"]);
        Assert.Equal(7, ((EaseOptions)options.Trainers["ease"]).Regularization);
        Assert.Equal(3, ((NamedTrainer)registry.Create("ranker", options)).Factors);
        Assert.Same(registry, createdBy);

        // What it says of the other trainer itself goes first, and all of it comes back.
        var text = registry.Serialize("ranker", registry.Deserialize("ranker", """{ "stage": "slim", "trainers": { "slim": { "epochs": 2 } } }"""));
        Assert.StartsWith("""{"depth":3,"stage":"slim","trainers":{"slim":{""", text, StringComparison.Ordinal);
        options = (DescribedOptions)registry.OptionsOf("ranker", new Dictionary<string, object>(configured, StringComparer.Ordinal) { ["ranker"] = registry.Deserialize("ranker", text) });
        Assert.Equal(2, ((SlimOptions)options.Trainers["slim"]).Epochs);
        Assert.Equal("""{"depth":3,"stage":"slim"}""", options.ToJson());

        var exception = Assert.Throws<ArgumentException>(() => registry.Deserialize("ranker", """{ "trainers": { "slim": { "no": 2 } } }"""));
        Assert.Contains("slim", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => registry.OptionsOf("ranker", new Dictionary<string, object>(StringComparer.Ordinal) { ["ranker"] = registry.Deserialize("ranker", """{ "stage": "ranker" }""") }));
    }

    [Fact]
    public void Registry_AutoNames_AreThoseThatMayBePickedThen()
    {
        var registry = BuiltInTrainers.Registry
            .With("always", Schema, _ => new NamedTrainer(0))
            .With("later", Schema, _ => new NamedTrainer(0), auto: AutoUse.AfterTheFirstModel)
            .With("never", Schema, _ => new NamedTrainer(0), auto: AutoUse.Never);
        string[] added = ["always", "later", "never"];

        Assert.Equal(added, registry.NamesFor(TrainerTarget.Ranking).Intersect(added));
        Assert.Equal(["always", "later"], registry.AutoNamesFor(TrainerTarget.Ranking).Intersect(added));
        Assert.Equal(["always"], registry.AutoNamesFor(TrainerTarget.Ranking, isFirstModel: true).Intersect(added));
        Assert.Empty(registry.AutoNamesFor(TrainerTarget.Ratings).Intersect(added));
        Assert.Equal(BuiltInTrainers.Registry.NamesFor(TrainerTarget.Ranking), BuiltInTrainers.Registry.AutoNamesFor(TrainerTarget.Ranking, canRepeat: true));
        // A shop that waits for its first model has shown nothing of one.
        Assert.Equal(["policy-gradient"], BuiltInTrainers.Registry.NamesFor(TrainerTarget.Ranking).Except(BuiltInTrainers.Registry.AutoNamesFor(TrainerTarget.Ranking, isFirstModel: true, canRepeat: true)));
        Assert.Equal(
            ["personal-frequency", "repeat-blend", "tifu-knn", "up-cf"],
            BuiltInTrainers.Registry.NamesFor(TrainerTarget.Ranking).Except(BuiltInTrainers.Registry.AutoNamesFor(TrainerTarget.Ranking)));
        var candidates = RecommenderSelection.AllOf(registry, TrainerTarget.Ranking, new Dictionary<string, object>(StringComparer.Ordinal)).Select(candidate => candidate.Trainer);
        Assert.Equal(["always", "later"], candidates.Intersect(added));
        Assert.DoesNotContain("tifu-knn", candidates);
        Assert.Contains("tifu-knn", RecommenderSelection.AllOf(registry, TrainerTarget.Ranking, new Dictionary<string, object>(StringComparer.Ordinal), canRepeat: true).Select(candidate => candidate.Trainer));
    }

    [Fact]
    public void Registry_OptionsOfAnotherSchemaOrWrongJson_AreRefused()
    {
        var registry = BuiltInTrainers.Registry.With("worker", Schema, options => new NamedTrainer(0));

        Assert.Throws<ArgumentException>(() => registry.Create("worker", new DescribedOptions(OptionsSchemaTests.Schema("{}"))));
        Assert.Contains("factor is not an option", Assert.Throws<ArgumentException>(() => registry.Deserialize("worker", """{"factor":7}""")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => registry.Deserialize("worker", "{"));
    }

    [Fact]
    public void Registry_WithAbsence_SaysWhyATrainerIsMissing()
    {
        var registry = BuiltInTrainers.Registry.WithAbsence("Worker 'gpu' is left out.").With("worker", Schema, options => new NamedTrainer(0));

        Assert.Contains("Worker 'gpu' is left out.", Assert.Throws<ArgumentException>(() => registry.TargetOf("deep")).Message, StringComparison.Ordinal);
        Assert.Equal(["Worker 'gpu' is left out."], registry.Absences);
        Assert.Empty(BuiltInTrainers.Registry.Absences);
    }

    private static DescribedOptions Parse(string json) => DescribedOptions.Parse(Schema, JsonElement.Parse(json));

    private sealed class NamedTrainer(long factors) : ITrainer
    {
        public long Factors { get; } = factors;

        public IScorer Train(InteractionDataset dataset, TrainingContext context) => throw new NotSupportedException();
    }
}
