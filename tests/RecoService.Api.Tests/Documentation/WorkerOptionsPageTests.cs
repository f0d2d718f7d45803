using System.Text.Json;
using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>docs/options.md says of the workers that come with the service what they describe.</summary>
public sealed class WorkerOptionsPageTests
{
    [Theory]
    [InlineData("describe.json")]
    [InlineData("describe.recommender.json")]
    public void Page_EveryOptionOfAnInstalledWorker_IsThere(string file)
    {
        var page = Repository.Read("docs/options.md");
        foreach (var trainer in JsonElement.Parse(Repository.Read($"src/RecoService.MlNet/{file}")).GetProperty("trainers").EnumerateArray())
        {
            var section = page.Split("\n## ").Single(section => section.StartsWith($"`{trainer.GetProperty("name").GetString()}`", StringComparison.Ordinal));
            var expected = trainer.GetProperty("options").GetProperty("properties").EnumerateObject().Select(option =>
                $"| `{option.Name}` | {option.Value.GetProperty("default")} | {(option.Value.TryGetProperty("x-search", out _) ? "yes" : "")} | {option.Value.GetProperty("description").GetString()} |");

            Assert.Equal(expected, section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)));
        }
    }
}
