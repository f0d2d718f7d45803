using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Numerics;
using RecoService.Lab.Evaluating;
using Spectre.Console;

namespace RecoService.Engine.Tests.Evaluation.OffPolicy;

/// <summary><c>evaluate --protocol off-policy</c> on files.</summary>
public sealed class OffPolicyCommandTests : IDisposable
{
    private const string EvenCoin = "action,reward,propensity,probability:a,probability:b\na,1,0.5,0.8,0.2\na,0,0.5,0.8,0.2\nb,0,0.5,0.8,0.2\nb,1,0.5,0.8,0.2\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("off-policy-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter progress = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        output.Dispose();
        progress.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void OffPolicy_OfRoundsWithProbabilities_UsesEveryEstimator()
    {
        using var report = Judge("--file", Write("rounds.csv", EvenCoin));

        Assert.Equal(
            ["what was logged", "IPS", "SNIPS", "DM", "DR", "switch-DR"], report.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("estimator").GetString()));
        Assert.Equal(0.5, ValueOf(report, "IPS"), 1e-12);
        Assert.Equal(16 / 5.44, report.RootElement.GetProperty("effectiveSampleSize").GetDouble(), 1e-12);
        Assert.Contains("4 rounds of 2 actions", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("guesses", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The same rounds in every form that can be read.</summary>
    [Theory]
    [InlineData("probability")]
    [InlineData("json")]
    [InlineData("json-all")]
    [InlineData("policy")]
    [InlineData("policy-log")]
    [InlineData("tabs")]
    public void OffPolicy_OfAnyForm_IsTheSame(string form)
    {
        var plain = Write("plain.csv", "action,reward,propensity\na,1,0.5\na,0,0.5\nb,0,0.5\nb,1,0.5\n");
        string[] arguments = form switch
        {
            "probability" => ["--file", Write("r.csv", "propensity_score,click,item_id,probability\n0.5,1,a,0.8\n0.5,0,a,0.8\n0.5,0,b,0.2\n0.5,1,b,0.2\n")],
            "json" => ["--file", Write("r.jsonl", Json("a", 1, "\"probability\":0.8") + Json("a", 0, "\"probability\":0.8") + Json("b", 0, "\"probability\":0.2") + Json("b", 1, "\"probability\":0.2"))],
            "json-all" => ["--file", Write("r.jsonl", string.Concat(new[] { ("a", 1), ("a", 0), ("b", 0), ("b", 1) }.Select(round => Json(round.Item1, round.Item2, "\"probabilities\":{\"a\":0.8,\"b\":0.2}"))))],
            "policy" => ["--file", plain, "--policy", Write("p.csv", "action,probability\na,0.8\nb,0.2\n")],
            "policy-log" => ["--file", plain, "--policy-log", Write("l.csv", "action,reward,propensity\n" + string.Concat(Enumerable.Repeat("a,1,0.8\n", 8)) + "b,0,0.2\nb,1,0.2\n")],
            _ => ["--file", Write("r.tsv", EvenCoin.Replace(',', '\t'))],
        };

        using var report = Judge(arguments);

        Assert.Equal(0.5, ValueOf(report, "IPS"), 1e-12);
        Assert.Equal(0.5, ValueOf(report, "SNIPS"), 1e-12);
        Assert.Equal(form is not ("probability" or "json"), report.RootElement.GetProperty("rows").EnumerateArray().Any(row => row.GetProperty("estimator").GetString() == "DR"));
        if (form == "policy-log")
            Assert.Equal(0.9, ValueOf(report, "what the policy's own log earned"), 1e-12);

        static string Json(string action, int reward, string policy) => $"{{\"action\":\"{action}\",\"reward\":{reward},\"propensity\":0.5,{policy}}}\n";
    }

    /// <summary>Position 1 is clicked twice as often as position 2, and a policy per position shows other actions there.</summary>
    [Fact]
    public void OffPolicy_OfAPolicyPerPosition_WeighsByThePosition()
    {
        var rounds = Write("r.csv", "action,position,reward,propensity,other\na,1,1,0.5,x\nb,1,0,0.5,x\na,2,0,0.5,x\nb,2,1,0.5,x\n");

        using var report = Judge("--file", rounds, "--policy", Write("p.csv", "action,position,probability\na,1,1\nb,1,0\na,2,0.25\nb,2,0.75\n"));

        // Weights 2, 0, 0.5, 1.5; rewards 1, 0, 0, 1.
        Assert.Equal(3.5 / 4, ValueOf(report, "IPS"), 1e-12);
        Assert.Equal(1, report.RootElement.GetProperty("contextFeatures").GetInt32());
        Assert.Contains("1 columns are passed over: other", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The value of an action is its context's, so that a model that reads the context explains nearly all.</summary>
    [Fact]
    public void OffPolicy_WithAContext_LearnsFromIt()
    {
        var random = new SeededRandom(3, 0);
        var text = new StringBuilder("action,reward,propensity,context:x,probability:a,probability:b\n");
        for (var round = 0; round < 2000; round++)
        {
            var (x, isA) = (random.NextDouble(), random.Next(2) == 0);
            text.Append(CultureInfo.InvariantCulture, $"{(isA ? "a" : "b")},{(isA ? x : 1 - x)},0.5,{x},{(x > 0.5 ? 0.9 : 0.1)},{(x > 0.5 ? 0.1 : 0.9)}\n");
        }

        using var report = Judge("--file", Write("r.csv", text.ToString()), "--markdown", Path.Combine(folder.FullName, "report.md"));

        // 0.9 E[max] + 0.1 E[min] = 0.9 * 3/4 + 0.1 * 1/4.
        Assert.Equal(0.7, ValueOf(report, "DR"), 0.01);
        Assert.InRange(ErrorOf(report, "DR"), 0, 0.6 * ErrorOf(report, "SNIPS"));
        Assert.Contains("| DR |", File.ReadAllText(Path.Combine(folder.FullName, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void OffPolicy_OfWrongPropensities_SaysSo()
    {
        using var report = Judge("--file", Write("r.csv", "action,reward,propensity,probability\n" + string.Concat(Enumerable.Repeat("a,1,0.5,0.9\nb,0,0.5,0.9\n", 200))));

        Assert.Contains("should be 1", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("action,reward\na,1\n", "names no column 'propensity' (or 'propensity_score')")]
    [InlineData("action,reward,propensity\na,1,0.5\n", "say nothing of the policy")]
    [InlineData("action,reward,propensity,probability\na,1,0,0.5\n", "line 2: the propensity is 0")]
    [InlineData("action,reward,propensity,probability\na,yes,0.5,0.5\n", "line 2: reward is 'yes', which is no number")]
    [InlineData("action,reward,propensity,probability\na,1,0.5\n", "line 2: 3 fields are found, and the header has 4")]
    [InlineData("action,reward,propensity,probability\n,1,0.5,0.5\n", "line 2: the action is empty")]
    [InlineData("action,reward,propensity,probability\na,1,0.5,1.5\n", "1.5 is no probability")]
    [InlineData("action,reward,propensity,probability:a,probability:b\na,1,0.5,0.5,0.4\n", "sum to 0.9")]
    [InlineData("action,reward,propensity,probability\na,1,0.5,0\n", "shown none of the logged actions")]
    [InlineData("action,reward,propensity\n", "holds no round")]
    [InlineData("{\"action\":\"a\",\"reward\":1}\n", "has no 'propensity'")]
    [InlineData("{\"action\":\"a\",\n", "this is no round as a JSON object")]
    public void OffPolicy_OfABadFile_SaysWhatIsWrong(string text, string message)
    {
        Assert.Equal(1, Run("--file", Write("bad.csv", text)));

        Assert.Contains(message, Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("action,probability\na,0.5\n", "sum to 0.5")]
    [InlineData("action\na\n", "names action and probability")]
    [InlineData("action,probability\na,0.5\na,0.5\n", "the action 'a' stands twice")]
    [InlineData("action,position,probability\na,3,1\n", "has the position '', which the policy")]
    public void OffPolicy_OfABadPolicy_SaysWhatIsWrong(string policy, string message)
    {
        Assert.Equal(1, Run("--file", Write("r.csv", EvenCoin), "--policy", Write("p.csv", policy)));

        Assert.Contains(message, Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("give --file ROUNDS.csv")]
    [InlineData("give --file ROUNDS.csv", "--preset", "ml-100k-topn")]
    [InlineData("trains nothing", "--file", "r.csv", "--split", "time=0.1")]
    [InlineData("--policy or --policy-log", "--file", "r.csv", "--policy", "p", "--policy-log", "l")]
    [InlineData("judges no recommender", "--file", "r.csv", "--suite")]
    [InlineData("judges no recommender", "--file", "r.csv", "--placement", "home")]
    public void OffPolicy_WithWhatDoesNotFit_IsRefused(string message, params string[] arguments)
    {
        Assert.Equal(2, Run(arguments));

        Assert.Contains(message, Said, StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_WithoutTheProtocol_IsRefused()
    {
        Assert.Equal(2, Command().Parse(["--file", "r.csv", "--policy", "p"]).Invoke());

        Assert.Contains("go with --protocol off-policy", Said, StringComparison.Ordinal);
    }

    private string Said => progress.ToString().ReplaceLineEndings(" ");

    private JsonDocument Judge(params string[] arguments)
    {
        var json = Path.Combine(folder.FullName, "report.json");
        var code = Run([.. arguments, "--json", json]);
        Assert.True(code == 0, Said);
        return JsonDocument.Parse(File.ReadAllText(json));
    }

    private int Run(params string[] arguments) => Command().Parse(["--protocol", "off-policy", .. arguments]).Invoke();

    private Command Command() => EvaluateCommand.Create(() => BuiltInTrainers.Registry, ConsoleTo(output), ConsoleTo(progress));

    private static double ValueOf(JsonDocument report, string estimator) => RowOf(report, estimator).GetProperty("value").GetDouble();

    private static double ErrorOf(JsonDocument report, string estimator) => RowOf(report, estimator).GetProperty("standardError").GetDouble();

    private static JsonElement RowOf(JsonDocument report, string estimator) =>
        report.RootElement.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("estimator").GetString() == estimator);

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static IAnsiConsole ConsoleTo(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 400;
        return console;
    }
}
