using System.Text.Json;
using RecoService.Lab.Tuning;

namespace RecoService.Api.Tests.Tuning;

public sealed class OptionsFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("options-");

    private string Path => System.IO.Path.Combine(folder.FullName, "reco.json");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Write_NoFile_MakesTheShapeThatTheServiceReads()
    {
        OptionsFile.Write(Path, "ease", """{"regularization":12.5}""", asRecommender: true);

        AssertFile("""{"Reco":{"Retraining":{"Recommender":"ease"},"Trainers":{"ease":{"regularization":12.5}}}}""");
        Assert.Single(folder.GetFiles());
    }

    [Fact]
    public void Write_ExistingFile_KeepsWhatElseItSays()
    {
        File.WriteAllText(Path, """
            {
              // by hand
              "Logging": 1,
              "reco": { "Storage": { "Provider": "Sqlite" }, "TRAINERS": { "ease": { "Neighbours": 7 }, "biased-mf": { "Epochs": 3 }, } }
            }
            """);

        OptionsFile.Write(Path, "ease", """{"regularization":2}""", asRecommender: false);

        AssertFile("""{"Logging":1,"reco":{"Storage":{"Provider":"Sqlite"},"TRAINERS":{"ease":{"regularization":2},"biased-mf":{"Epochs":3}}}}""");
    }

    [Fact]
    public void Write_OptionsUnderAnotherName_TakesTheirPlace()
    {
        File.WriteAllText(Path, """{ "Reco": { "Trainers": { "one-class": { "Factors": 7 }, "ease": {} } } }""");

        OptionsFile.Write(Path, "implicit-als", """{"factors":8}""", asRecommender: false);

        AssertFile("""{"Reco":{"Trainers":{"ease":{},"implicit-als":{"factors":8}}}}""");
    }

    [Theory]
    [InlineData("{ nonsense", "nonsense")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"Reco":5}""", "Reco is a value")]
    [InlineData("""{"Reco":{"Trainers":"all"}}""", "Trainers is a value")]
    public void Check_FileThatCannotBeMerged_IsNamedAndLeftAlone(string text, string reason)
    {
        File.WriteAllText(Path, text);

        var exception = Assert.Throws<InvalidDataException>(() => OptionsFile.Check(Path));

        Assert.StartsWith(Path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(reason == "nonsense" ? "'n'" : reason, exception.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(Path));
    }

    [Fact]
    public void Check_FolderThatIsNotThere_IsNamed() =>
        Assert.Contains("its folder is not there", Assert.Throws<IOException>(() => OptionsFile.Check(Path + "/deep/reco.json")).Message, StringComparison.Ordinal);

    private void AssertFile(string expected)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path));
        Assert.Equal(expected, JsonSerializer.Serialize(document.RootElement));
    }
}
