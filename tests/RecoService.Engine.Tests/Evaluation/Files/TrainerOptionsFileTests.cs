using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Training;
using RecoService.Lab.Files;

namespace RecoService.Engine.Tests.Evaluation.Files;

public sealed class TrainerOptionsFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Read_Options_KeepDefaultsOfWhatIsNotNamed()
    {
        var options = Read("""{ "Reco": { "Trainers": { "implicit-als": { "Factors": 7, "Confidence": "Linear" } } } }""");

        var als = Assert.IsType<ImplicitAlsOptions>(options["implicit-als"]);
        Assert.Equal((7, ConfidenceScale.Linear, new ImplicitAlsOptions().Epochs), (als.Factors, als.Confidence, als.Epochs));
    }

    [Theory]
    [InlineData("""{ "Reco": { "Trainers": { "one-clas": {} } } }""", "'one-clas'")]
    [InlineData("""{ "Reco": { "Trainers": { "implicit-als": { "Factor": 7 } } } }""", "Factor")]
    [InlineData("""{ "Reco": { "Trainers": { "implicit-als": { "Epochs": -1 } } } }""", "Epochs")]
    [InlineData("""{ "Reco": {} }""", "Reco:Trainers")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    public void Read_Fault_NamesTheFileAndTheFault(string json, string fault)
    {
        var exception = Assert.Throws<InvalidDataException>(() => Read(json));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }

    private IReadOnlyDictionary<string, object> Read(string json)
    {
        File.WriteAllText(path, json);
        return TrainerOptionsFile.Read(path, BuiltInTrainers.Registry);
    }
}
