using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;
using RecoService.Lab.Evaluating;
using Spectre.Console;

namespace RecoService.Api.Tests.Evaluating;

public sealed class EvaluateCommandTests : IDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("evaluate-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter progress = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        output.Dispose();
        progress.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Item 1 is the most popular, then 2; user 4 buys 1 and user 1 buys 4 later.</summary>
    private string Train => File("train.txt", "1 1\n1 2\n2 1\n2 2\n3 1\n4 3\n");

    private string Test => File("test.txt", "4 1\n1 4 3\n");

    [Fact]
    public void Evaluate_TwoFiles_ShowsFiguresAndWritesEveryOutput()
    {
        var (json, markdown, svg) = (PathOf("a.json"), PathOf("a.md"), PathOf("a.svg"));
        var code = Run(
            "--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "popularity,implicit-als", "--at", "1,2", "--versus", "popularity",
            "--json", json, "--markdown", markdown, "--svg", svg);

        Assert.True(code == 0, progress.ToString());
        Assert.Contains("popularity", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("4 users, 4 items, 6 interactions to learn from, 3 held out, 2 users judged", output.ToString(), StringComparison.Ordinal);

        // Of popularity's first places user 4 gets 1, a hit; user 1, who has 1 and 2, gets 3, a hit: precision@1 is 1, recall@1 is (1 + 1/2) / 2.
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var part = report.RootElement.GetProperty("parts")[0];
        var row = part.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("recommender").GetString() == "popularity");
        Assert.Equal(1, row.GetProperty("values").GetProperty("precision@1").GetDouble());
        Assert.Equal(0.75, row.GetProperty("values").GetProperty("recall@1").GetDouble());
        Assert.Equal("nDCG@1", part.GetProperty("headline").GetString());
        Assert.Equal(42, report.RootElement.GetProperty("seed").GetInt32());
        var other = part.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("recommender").GetString() == "implicit-als");
        Assert.Equal("popularity", other.GetProperty("difference").GetProperty("versus").GetString());
        Assert.Equal(64, other.GetProperty("options").GetProperty("factors").GetInt32());

        Assert.Contains("| popularity | 1.0000 |", System.IO.File.ReadAllText(markdown), StringComparison.Ordinal);
        Assert.Contains(XDocument.Load(svg).Descendants(), element => element.Value == "popularity");
    }

    [Fact]
    public void Evaluate_RatingsInFolds_MeasuresErrors()
    {
        var ratings = File("ratings.csv", "userId,movieId,rating,timestamp\n" + string.Concat(
            from user in Enumerable.Range(1, 12) from item in Enumerable.Range(1, 6) select FormattableString.Invariant($"{user},{item},{1 + ((user + item) % 5)},{1000 + item}\n")));
        var json = PathOf("a.json");

        Assert.Equal(0, Run("--file", ratings, "--split", "folds=3", "--format", "ratings", "--recommender", "biased-mf", "--json", json));

        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var part = report.RootElement.GetProperty("parts")[0];
        Assert.Equal((3, 12), (part.GetProperty("data").GetProperty("folds").GetInt32(), part.GetProperty("data").GetProperty("judgedUsers").GetInt32()));
        Assert.InRange(part.GetProperty("rows")[0].GetProperty("values").GetProperty("RMSE").GetDouble(), 0.1, 4);
    }

    [Fact]
    public void Evaluate_RecommenderThatCannotLearnFromTheData_SaysWhyAndLetsTheOthersRun()
    {
        Assert.Equal(0, Run("--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "nmf,popularity"));
        Assert.Contains("no ratings to learn from", Joined(output), StringComparison.Ordinal);

        Assert.Equal(1, Run("--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "nmf"));
    }

    [Fact]
    public void Evaluate_Candidates_RanksOnlyThese()
    {
        // User 4 may be shown 2 besides what he takes, 1; user 1 may be shown 3 besides 4.
        var candidates = File("candidates.txt", "4 2\n1 3\n");
        var json = PathOf("a.json");
        Assert.Equal(0, Run(
            "--train", Train, "--test", File("one.txt", "4 1\n1 4\n"), "--candidates", candidates, "--recommender", "popularity", "--at", "1", "--json", json));

        // Popularity prefers 1 to 2, a hit, and 3 to 4, which nobody has.
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        Assert.Equal(0.5, report.RootElement.GetProperty("parts")[0].GetProperty("rows")[0].GetProperty("values").GetProperty("hit rate@1").GetDouble());
    }

    [Fact]
    public void Evaluate_OptionsFile_IsUsed()
    {
        var options = File("options.json", """{ "Reco": { "Trainers": { "implicit-als": { "Factors": 3 } } } }""");
        var json = PathOf("a.json");
        Assert.Equal(0, Run("--file", Train, "--split", "leave-last-out", "--recommender", "implicit-als", "--options", options, "--json", json));
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        Assert.Equal(3, report.RootElement.GetProperty("parts")[0].GetProperty("rows")[0].GetProperty("options").GetProperty("factors").GetInt32());
    }

    [Theory]
    [InlineData("", "Give --preset NAME")]
    [InlineData("--preset ml-1m", "There is no preset 'ml-1m'")]
    [InlineData("--preset ml-100k-topn --data /nowhere", "name the folder above it with --data")]
    [InlineData("--preset ml-100k-topn --split folds=5", "its own split")]
    [InlineData("--train TRAIN", "Give --preset NAME")]
    [InlineData("--train TRAIN --test TRAIN --split folds=5", "--split is for --file")]
    [InlineData("--file TRAIN", "--split is missing")]
    [InlineData("--file TRAIN --split folds=1", "--split folds=1 is one of")]
    [InlineData("--file TRAIN --split time=0.1", "needs times")]
    [InlineData("--file TRAIN --split random=0.2 --recommender best", "There is no recommender 'best'")]
    [InlineData("--file TRAIN --split random=0.2 --at 5,x", "--at 5,x is no list of lengths")]
    [InlineData("--file TRAIN --split random=0.2 --recommender popularity --versus ease", "--versus ease is not among")]
    [InlineData("--file TRAIN --split random=0.2 --threads 0", "--threads is 1 to 1024")]
    [InlineData("--file TRAIN --split random=0.2 --part 2", "--part 2 is not there")]
    [InlineData("--file TRAIN --split random=0.2 --negatives 0", "--negatives is at least 1")]
    public void Evaluate_WordsThatDoNotFit_EndsWith2AndSaysWhat(string words, string reason)
    {
        Assert.Equal(2, Run(words.Replace("TRAIN", Train, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        Assert.Contains(reason, Joined(progress), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--train NOWHERE --test NOWHERE", "nowhere.txt")]
    [InlineData("--train BAD --test BAD", "bad.txt, line 2: 2 fields are expected, 1 found")]
    [InlineData("--train EMPTY --test EMPTY", "empty.txt: it holds no interactions")]
    [InlineData("--train BAD --test BAD --options BAD", "bad.txt")]
    public void Evaluate_FileThatCannotBeUsed_EndsWith1AndNamesIt(string words, string reason)
    {
        _ = File("empty.txt", "");
        _ = File("bad.txt", "1 2\n3\n");
        var arguments = words.Split(' ').Select(word => word.StartsWith('-') ? word : PathOf($"{word.ToLowerInvariant()}.txt"));
        Assert.Equal(1, Run([.. arguments]));
        Assert.Contains(reason, Joined(progress), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Evaluate_Cancelled_ShowsTheFiguresItHasAndPutsTheCursorBack(bool isTerminal)
    {
        using var cancel = new CancellationTokenSource();
        var registry = BuiltInTrainers.Registry.With<EndlessOptions>("endless", _ => new EndlessTrainer(cancel));
        var command = EvaluateCommand.Create(() => registry, ConsoleOn(output), ConsoleOn(progress, isTerminal));
        var json = PathOf("a.json");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command
            .Parse(["--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "popularity,endless,implicit-als", "--json", json])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancel.Token));

        Assert.Contains("popularity", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("implicit-als", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Stopped after 1 of 3", Joined(progress), StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(json));
        Assert.Equal(isTerminal, progress.ToString().Contains(HideCursor, StringComparison.Ordinal));
        Assert.True(progress.ToString().LastIndexOf(ShowCursor, StringComparison.Ordinal) >= progress.ToString().LastIndexOf(HideCursor, StringComparison.Ordinal), "the cursor stays hidden");
    }

    [Fact]
    public async Task Evaluate_CancelledBeforeTheFirstFigure_ShowsNoTable()
    {
        using var cancel = new CancellationTokenSource();
        var registry = BuiltInTrainers.Registry.With<EndlessOptions>("endless", _ => new EndlessTrainer(cancel));
        var command = EvaluateCommand.Create(() => registry, ConsoleOn(output), ConsoleOn(progress));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command
            .Parse(["--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "endless,popularity"])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancel.Token));

        Assert.Equal("", output.ToString());
        Assert.Contains("Stopped after 0 of 2", Joined(progress), StringComparison.Ordinal);
    }

    private int Run(params string[] arguments)
    {
        var command = EvaluateCommand.Create(() => BuiltInTrainers.Registry, ConsoleOn(output), ConsoleOn(progress));
        return command.Parse(arguments).Invoke();
    }

    private static IAnsiConsole ConsoleOn(StringWriter writer, bool isTerminal = false)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 1000;
        return console;
    }

    private static string Joined(StringWriter writer) => writer.ToString().ReplaceLineEndings(" ");

    private string File(string name, string text)
    {
        System.IO.File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    private sealed class EndlessOptions;

    /// <summary>Trains until somebody presses Ctrl+C, which happens at once.</summary>
    private sealed class EndlessTrainer(CancellationTokenSource cancel) : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            cancel.Cancel();
            context.CancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The token is not the command's.");
        }
    }
}
