using RecoService.Api.Workers;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Workers;

public sealed class WorkerDescriptionTests
{
    [Fact]
    public void Read_TwoTrainers_HasNamesTargetsNeedsAndOptions()
    {
        var trainers = WorkerDescription.Read("""
            { "protocol": 1, "more": true, "trainers": [
              { "name": "a-1", "target": "ranking", "needs": ["weights", "content"], "options": { "properties": { "k": { "type": "integer", "default": 3 } } } },
              { "name": "b", "target": "ratings", "needs": ["interactions", "ratings"] } ] }
            """);

        Assert.Equal(["a-1", "b"], trainers.Select(trainer => trainer.Name));
        Assert.Equal([TrainerTarget.Ranking, TrainerTarget.Ratings], trainers.Select(trainer => trainer.Target));
        Assert.Equal([DatasetParts.Weights | DatasetParts.Content, DatasetParts.Interactions | DatasetParts.Ratings], trainers.Select(trainer => trainer.Needs));
        Assert.Equal("k", trainers[0].Options.Options.Single().Name);
        Assert.Empty(trainers[1].Options.Options);
    }

    [Fact]
    public void Read_Ranker_HasTheOptionsOfItsFirstStageBehindItsOwn()
    {
        var trainer = WorkerDescription.Read("""
            { "protocol": 1, "trainers": [
              { "name": "a", "target": "ranking", "needs": ["ranking-fields"], "options": { "properties": {
                "k": { "type": "integer", "default": 3 }, "candidates": { "type": "integer", "default": 7 } } } } ] }
            """).Single();

        Assert.Equal(DatasetParts.Ranking | DatasetParts.RankingFields, trainer.Needs);
        Assert.Equal(["k", "candidates", "candidateTrainer", "negativesPerPositive", "validationCut", "validationFraction", "validationUsers"], trainer.Options.Options.Select(option => option.Name));
        Assert.Equal(7L, trainer.Options.Find("candidates")!.Default);
        Assert.Equal("candidateTrainer", trainer.Options.Component);
    }

    [Theory]
    [InlineData("", AutoUse.AfterTheFirstModel)]
    [InlineData(", \"auto\": true", AutoUse.AfterTheFirstModel)]
    [InlineData(", \"auto\": false", AutoUse.Never)]
    public void Read_Auto_SaysWhetherARunMayPickIt(string member, AutoUse expected) =>
        Assert.Equal(expected, WorkerDescription.Read($$"""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": [] {{member}} }] }""").Single().Auto);

    [Theory]
    [InlineData("", "its description is not JSON")]
    [InlineData("hello \u001b[2J", "its description is not JSON: hello ?[2J")]
    [InlineData("[]", "no protocol number")]
    [InlineData("{}", "no protocol number")]
    [InlineData("""{ "protocol": 2, "trainers": [] }""", "it speaks protocol 2; this service speaks 1")]
    [InlineData("""{ "protocol": 1 }""", "no list of trainers")]
    [InlineData("""{ "protocol": 1, "trainers": [1] }""", "without a usable name")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "Two Words", "target": "ranking", "needs": [] }] }""", "without a usable name")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "auto", "target": "ranking", "needs": [] }] }""", "without a usable name")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "lists", "needs": [] }] }""", "the target of its trainer 'a' is none of")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both" }] }""", "does not say what it needs")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": ["passwords"] }] }""", "its trainer 'a' needs passwords; there are")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": ["ranking"] }] }""", "its trainer 'a' needs ranking, so its target must be ranking")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "ranking", "needs": ["ranking"], "options": { "properties": { "candidates": { "type": "number", "default": 1 } } } }] }""", "its trainer 'a' cannot be used: The option 'candidates' must be called so and be of kind Integer")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": [], "auto": "no" }] }""", "its trainer 'a' has an auto that is neither true nor false")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": [], "options": { "properties": { "k": {} } } }] }""", "its trainer 'a' cannot be used: The option 'k' needs one type")]
    [InlineData("""{ "protocol": 1, "trainers": [{ "name": "a", "target": "both", "needs": [] }, { "name": "a", "target": "both", "needs": [] }] }""", "it describes the trainer 'a' twice")]
    public void Read_NoDescription_SaysWhy(string text, string fault) =>
        Assert.Contains(fault, Assert.Throws<WorkerException>(() => WorkerDescription.Read(text)).Message, StringComparison.Ordinal);
}
