using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Engine.Algorithms;
using RecoService.Lab.Evaluating;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Tests.Commands;

/// <summary><c>attribution rounds</c>, and what <c>evaluate --protocol off-policy</c> says of the file.</summary>
public sealed class RoundsCommandTests : IDisposable
{
    private const int Items = 12;
    private const int Visits = 900;
    private const int Drawn = 3;
    private const string Best = "i08";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Rounds => Path.Combine(folder.Path, "rounds.jsonl");

    /// <summary>How often a visitor who sees the item clicks it.</summary>
    private static double RateOf(string item) => item == Best ? 0.5 : 0.1;

    /// <summary>The fourth of four places has any of the nine items that are left, so what each policy would earn there is known.</summary>
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Rounds_OfAShopWhosePolicyIsKnown_SayWhatItAndOthersEarn(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider, inMemory: true);
        var (shown, clicks) = (new List<string>(), 0);
        await using (var service = await TestService.StartAsync(database, ["--Reco:Placements:popular:Exploration=epsilon-greedy", "--Reco:Placements:popular:ExplorationEpsilon=1", "--Reco:Placements:popular:ExplorationShare=0.25", "--Reco:Attribution:Interval=01:00:00"]))
        {
            for (var item = 0; item < Items; item++)
                await service.Admin.SendJsonAsync(HttpMethod.Put, $"/items/i{item:00}", "{}", HttpStatusCode.Created);
            await service.Storefront.PostInteractionsAsync([.. Enumerable.Range(0, Items).SelectMany(item => Enumerable.Range(0, Items - item).Select(user => new { userId = $"u{user}", itemId = $"i{item:00}", kind = "like" }))]);
            var deeds = new List<object>();
            var random = new Random(7);
            for (var visit = 0; visit < Visits; visit++)
            {
                // The seed makes the draws those of every run.
                var list = await service.Storefront.SendJsonAsync(HttpMethod.Post, "/recommendations", $$"""{ "placement": "popular", "limit": 4, "seed": {{visit}} }""");
                var item = list.GetProperty("items")[Drawn].GetProperty("itemId").GetString()!;
                shown.Add(item);
                if (random.NextDouble() < RateOf(item))
                    deeds.Add(new { userId = $"visitor {visit}", itemId = item, kind = "click", recommendationId = list.GetProperty("recommendationId").GetString() });
                // What is clicked above is none of the place's.
                if (visit % 10 == 0)
                    deeds.Add(new { userId = $"visitor {visit}", itemId = "i00", kind = "click", recommendationId = list.GetProperty("recommendationId").GetString() });
            }

            clicks = deeds.Count - (Visits / 10);
            await Wait.UntilAsync(async () => await database.CountAsync("SELECT count(*) FROM impressions") == Visits, "the lists are stored");
            foreach (var piece in deeds.Chunk(500))
                await service.Storefront.PostInteractionsAsync(piece);
        }

        var said = await RunAsync(0, database, Rounds, "--placement", "popular");

        Assert.Contains($"{Visits} drawn places with {clicks} rewards", said, StringComparison.Ordinal);
        var rounds = (await File.ReadAllLinesAsync(Rounds)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(shown.Order(), rounds.Select(round => round.GetProperty("action").GetString()!).Order());
        Assert.All(rounds, round => Assert.Equal((4, 1f / 9), (round.GetProperty("position").GetInt32(), round.GetProperty("propensity").GetSingle())));
        // The logged policy's own value is what was observed.
        using var own = Evaluate("--file", Rounds);
        Assert.Equal((double)clicks / Visits, ValueOf(own, "IPS", "value"), 1e-9);
        Assert.Equal((double)clicks / Visits, ValueOf(own, "what was logged", "value"), 1e-9);
        // A policy that nobody has seen, which shows one item to all.
        var policy = Path.Combine(folder.Path, "best.csv");
        await File.WriteAllTextAsync(policy, "action,probability\n" + string.Concat(shown.Distinct().Select(item => $"{item},{(item == Best ? 1 : 0)}\n")));
        using var other = Evaluate("--file", Rounds, "--policy", policy);
        Assert.InRange(RateOf(Best), ValueOf(other, "IPS", "low"), ValueOf(other, "IPS", "high"));
        Assert.InRange(RateOf(Best), ValueOf(other, "SNIPS", "low"), ValueOf(other, "SNIPS", "high"));
        Assert.InRange(ValueOf(other, "SNIPS", "value"), 0.35, 0.65);

        Assert.Contains("0 rewards", await RunAsync(0, database, Rounds, "--placement", "popular", "--reward", "order", "--overwrite"), StringComparison.Ordinal);
        Assert.Contains("is there already", await RunAsync(1, database, Rounds, "--placement", "popular"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rounds_NothingExplores_SaysHowToBegin()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        Assert.Contains("Set Reco:Placements:home:ExplorationShare", await RunAsync(0, database, Rounds, "--placement", "home"), StringComparison.Ordinal);
        Assert.Empty(await File.ReadAllTextAsync(Rounds));
    }

    [Theory]
    [InlineData("'nowhere' is not a placement", "--placement", "nowhere")]
    [InlineData("'--placement' is required")]
    [InlineData("--days must be between 1 and 3650", "--placement", "home", "--days", "0")]
    [InlineData("'joy' not recognized", "--placement", "home", "--reward", "joy")]
    public async Task Rounds_BadArgument_IsSaid(string reason, params string[] words)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);

        Assert.Contains(reason, await RunAsync(1, database, [Rounds, .. words]), StringComparison.Ordinal);
        Assert.False(File.Exists(Rounds));
    }

    private static async Task<string> RunAsync(int exitCode, TestDatabase database, params string[] words)
    {
        await using var process = ServiceProcess.Start(["attribution", "rounds", .. words, .. ServiceProcess.ServeWords(database)]);
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == exitCode, process.Output);
        return string.Join(' ', process.Output.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static double ValueOf(JsonDocument report, string estimator, string field) =>
        report.RootElement.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("estimator").GetString() == estimator).GetProperty(field).GetDouble();

    private JsonDocument Evaluate(params string[] words)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        var json = Path.Combine(folder.Path, "report.json");
        var command = EvaluateCommand.Create(() => BuiltInTrainers.Registry, console, console);
        Assert.True(command.Parse(["--protocol", "off-policy", .. words, "--json", json]).Invoke() == 0, output.ToString());
        return JsonDocument.Parse(File.ReadAllText(json));
    }
}
