using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Lab.Evaluating;
using Spectre.Console;

namespace RecoService.Engine.Tests.RealData;

/// <summary>
/// The small files of the Open Bandit Dataset (Saito et al., NeurIPS 2021 Datasets and Benchmarks): what a random policy logged, and beside it the log of a Thompson sampler, whose policy is evaluated as it
/// shows itself by item and position. With 46 clicks a log says little; these tests check arithmetic. The published figures come of the sampler's priors, which the files do not have.
/// </summary>
public sealed class OpenBanditTests
{
    [Theory]
    [InlineData("men", 34, 0.0069, 0.0008, 0.005656266700835461, 0.0013975995323738807, 0.0057398647019513424, 2869.2752717879634)]
    [InlineData("women", 46, 0.0046, 0.0007, 0.005805691782949789, 0.0012047556431301419, 0.005833036087191047, 3491.9575428282096)]
    public void Evaluate_TheOtherLogsPolicy_EqualsTheArithmetic(string campaign, int items, double onPolicy, double onPolicyError, double ips, double ipsError, double snips, double effective)
    {
        using var report = Judge(campaign);
        var root = report.RootElement;

        Assert.Equal((10_000, items), (root.GetProperty("rounds").GetInt32(), root.GetProperty("actions").GetInt32()));
        Assert.Equal(0.0046, ValueOf(root, "what was logged").Value, 1e-12);
        // These two are the published ones.
        Assert.Equal(onPolicy, ValueOf(root, "what the policy's own log earned").Value, 1e-12);
        Assert.Equal(onPolicyError, ValueOf(root, "what the policy's own log earned").Error, 0.00005);
        // Computed from the definitions in another language.
        Assert.Equal(ips, ValueOf(root, "IPS").Value, 1e-12);
        Assert.Equal(ipsError, ValueOf(root, "IPS").Error, 1e-12);
        Assert.Equal(snips, ValueOf(root, "SNIPS").Value, 1e-12);
        Assert.Equal(effective, root.GetProperty("effectiveSampleSize").GetDouble(), 1e-6);
        // The model has next to nothing to learn from, so the doubly robust value stays near what the weights say.
        Assert.Equal(snips, ValueOf(root, "DR").Value, 0.0005);
        Assert.InRange(ValueOf(root, "DM").Value, 0.0035, 0.0075);
    }

    private static (double Value, double Error) ValueOf(JsonElement report, string estimator)
    {
        var row = report.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("estimator").GetString() == estimator);
        return (row.GetProperty("value").GetDouble(), row.GetProperty("standardError").GetDouble());
    }

    private static JsonDocument Judge(string campaign)
    {
        var folder = SharedData.FolderOrSkip("obd-small");
        var json = Path.Combine(Directory.CreateTempSubdirectory("obd-").FullName, "report.json");
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        var command = EvaluateCommand.Create(() => BuiltInTrainers.Registry, console, console);
        Assert.Equal(0, command.Parse(
            ["--protocol", "off-policy", "--file", Path.Combine(folder, $"random-{campaign}.csv.gz"), "--policy-log", Path.Combine(folder, $"bts-{campaign}.csv.gz"), "--json", json]).Invoke());
        try
        {
            return JsonDocument.Parse(File.ReadAllText(json));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(json)!, recursive: true);
        }
    }
}
