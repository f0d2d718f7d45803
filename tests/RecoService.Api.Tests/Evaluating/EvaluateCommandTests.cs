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
        Assert.Equal(128, other.GetProperty("options").GetProperty("factors").GetInt32());

        Assert.Contains("| popularity | 1.0000 |", System.IO.File.ReadAllText(markdown), StringComparison.Ordinal);
        Assert.Contains(XDocument.Load(svg).Descendants(), element => element.Value == "popularity");
    }

    [Fact]
    public void Evaluate_CatalogueTooLargeToBeSolvedExactly_SaysSoInEveryText()
    {
        const string Note = "ease: 3 items have interactions, more than MaxItems (2), so each has weights from at most 300 items like it. 66.7% of them can be reached.";
        var options = File("options.json", """{ "Reco": { "Trainers": { "ease": { "MaxItems": 2 } } } }""");
        var (json, markdown) = (PathOf("a.json"), PathOf("a.md"));

        Assert.Equal(0, Run("--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "ease,popularity", "--options", options, "--json", json, "--markdown", markdown));

        Assert.Contains(Note, Joined(output), StringComparison.Ordinal);
        Assert.Contains(Note, System.IO.File.ReadAllText(markdown), StringComparison.Ordinal);
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        Assert.Contains(Note, report.RootElement.GetProperty("notes").EnumerateArray().Select(note => note.GetString()));
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

    [Theory]
    [InlineData("none", 1, 0.0, null, null)]
    [InlineData("allow", 2, 0.75, 0.0, 1.0)]
    [InlineData("only", 2, 1.0, null, null)]
    public void Evaluate_Repeats_AreListedAsAskedAndReportedApart(string repeats, int judged, double recall, double? ofNew, double? ofRepeated)
    {
        // Item 1 is the most popular. User 4 takes 3 again; user 1 takes 1 again, and 4, which nobody has.
        var json = PathOf("a.json");
        Assert.Equal(0, Run(
            "--train", Train, "--test", File("again.txt", "4 3\n1 4 1\n"), "--test-format", "lists", "--recommender", "popularity", "--repeats", repeats, "--at", "3", "--json", json));

        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var part = report.RootElement.GetProperty("parts")[0];
        var values = part.GetProperty("rows")[0].GetProperty("values");
        Assert.Equal(judged, part.GetProperty("data").GetProperty("judgedUsers").GetInt32());
        Assert.Equal(repeats == "none" ? null : repeats, part.GetProperty("protocol").TryGetProperty("repeats", out var rule) ? rule.GetString() : null);
        Assert.Equal(recall, values.GetProperty("recall@3").GetDouble());
        Assert.Equal(ofNew, Optional("new recall@3"));
        Assert.Equal(ofRepeated, Optional("repeat recall@3"));
        Assert.Equal(ofNew is not null, output.ToString().Contains("repeat", StringComparison.Ordinal));

        double? Optional(string name) => values.TryGetProperty(name, out var value) ? value.GetDouble() : null;
    }

    [Theory]
    [InlineData("{\"u\": [[\"a\", \"b\"], [\"a\"], [\"c\", \"a\"]], \"v\": [[\"b\"], [\"b\"]], \"w\": [[\"c\"]]}", null)]
    [InlineData("u,1,a,2020-01-01\nu,1,b,2020-01-01\nu,2,a,2020-01-05\nv,1,b,2020-01-02\nv,2,b,2020-01-09\nu,3,c,2020-01-06\nu,3,a,2020-01-06\nw,9,c,2020-01-01", "user,order,item,time")]
    public void Evaluate_Baskets_JudgesTheLastOfEachUser(string text, string? columns)
    {
        var json = PathOf("a.json");
        Assert.Equal(0, Run(
            ["--file", File("baskets.txt", text), "--format", "baskets", "--split", "last-basket", "--recommender", "personal-frequency,tifu-knn,up-cf,auto", "--at", "2", "--json", json, .. columns is null ? Array.Empty<string>() : ["--columns", columns]]));

        // User u, who took a twice and b once, takes c and a; user v takes b again; w has one basket.
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var part = report.RootElement.GetProperty("parts")[0];
        var data = part.GetProperty("data");
        Assert.Equal((2, 5, 3), (data.GetProperty("judgedUsers").GetInt32(), data.GetProperty("trainInteractions").GetInt32(), data.GetProperty("holdoutInteractions").GetInt32()));
        Assert.Equal("allow", part.GetProperty("protocol").GetProperty("repeats").GetString());
        Assert.Equal(4, part.GetProperty("rows").GetArrayLength());
        foreach (var values in part.GetProperty("rows").EnumerateArray().Where(row => !row.GetProperty("recommender").GetString()!.StartsWith("auto", StringComparison.Ordinal)).Select(row => row.GetProperty("values")))
            Assert.Equal((1, 0), (values.GetProperty("repeat recall@2").GetDouble(), values.GetProperty("new recall@2").GetDouble()));
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
    [InlineData("--preset ml-100k-topn --repeats allow", "its own split")]
    [InlineData("--file TRAIN --split random=0.2 --protocol ratings --repeats allow", "--repeats is for lists")]
    [InlineData("--file TRAIN --split random=0.2 --budget soon", "--budget is a number of seconds")]
    [InlineData("--file TRAIN --split random=0.2 --memory-limit 0", "--memory-limit is at least 1")]
    [InlineData("--file TRAIN --split random=0.2 --known TRAIN", "go with --train and --test")]
    [InlineData("--file TRAIN --split random=0.2 --protocol next-item", "go with --train and --test")]
    [InlineData("--preset ml-100k-topn --protocol next-item", "own protocol")]
    [InlineData("--train TRAIN --test TRAIN --known TRAIN --protocol next-item", "it takes no --known")]
    [InlineData("--suite --preset ml-100k-topn", "--suite runs the presets by itself")]
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

    /// <summary>A file that is read in another format than its own gives nonsense; it must not give figures.</summary>
    [Theory]
    [InlineData("1 2 5 100\n1 3 4 101\n2 2 3 102\n", "--split random=0.5", "4 fields are found, and 2 are named; is the format right?")]
    [InlineData("1 2 3\n2 2 3\n", "--split random=0.5", "3 fields are found, and 2 are named")]
    [InlineData("1 2 5 100 x\n1 3 4 101 x\n", "--format ratings --split random=0.5", "5 fields are found, and 4 are named")]
    [InlineData("a,1\na,2\na,3\n", "--split random=0.5", "1 user(s) and 3 item(s) are found")]
    [InlineData("1 x\n2 x\n3 x\n", "--split random=0.5", "3 user(s) and 1 item(s) are found")]
    [InlineData("1 x\n2 y\n3 z\n", "--split leave-last-out", "nobody can be judged")]
    public void Evaluate_FormatThatDoesNotFit_EndsWith1AndSaysWhy(string text, string words, string reason)
    {
        Assert.Equal(1, Run(["--file", File("odd.txt", text), .. words.Split(' '), "--recommender", "popularity"]));
        Assert.Contains(reason, Joined(progress), StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public void Evaluate_IdsOfTheTestFileThatNobodyHas_EndsWith1()
    {
        Assert.Equal(1, Run("--train", Train, "--test", File("strangers.txt", "77 1\n78 2\n"), "--recommender", "popularity"));
        Assert.Contains("nobody can be judged", Joined(progress), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_FewJudgedUsers_IsWarnedOf()
    {
        Assert.Equal(0, Run("--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "popularity"));
        Assert.Contains("2 users are judged; with fewer than 200 most differences are chance", Joined(output), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_ListsWithUsersWithoutItems_PassesThemOver()
    {
        Assert.Equal(0, Run("--train", File("lists.txt", "1 1 2\n2 1 2\n3\n4 3 1\n"), "--test", File("more.txt", "1 3\n3\n"), "--format", "lists", "--recommender", "popularity"));
        Assert.Contains("1 users judged", output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>User 1 bought 1 and 2 and is known to have seen 3; of the rest 4 is the more popular, and it is what they took.</summary>
    [Fact]
    public void Evaluate_Known_IsShownToTheModelAndNotListed()
    {
        var json = PathOf("known.json");
        var train = File("learn.txt", "1 1\n1 2\n2 3\n3 3\n4 3\n5 4\n6 4\n7 5\n");
        Assert.Equal(0, Run("--train", train, "--known", File("known.txt", "1 3\n"), "--test", File("then.txt", "1 4\n"), "--recommender", "popularity", "--at", "1", "--json", json));
        Assert.Equal(1, FigureOf(json, "precision@1"));
        Assert.Equal(0, Run("--train", train, "--test", File("then.txt", "1 4\n"), "--recommender", "popularity", "--at", "1", "--json", json));
        Assert.Equal(0, FigureOf(json, "precision@1"));
    }

    [Fact]
    public void Evaluate_LastButOneKnown_LearnsFromNeitherOfTheLastTwo()
    {
        var json = PathOf("last.json");
        Assert.Equal(0, Run("--file", File("histories.txt", "1 1 2 3 4\n2 1 2 3 4\n3 1 2 4 3\n"), "--format", "lists", "--split", "last-but-one-known", "--recommender", "popularity", "--json", json));
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var data = report.RootElement.GetProperty("parts")[0].GetProperty("data");
        Assert.Contains("The data have no times", Joined(output), StringComparison.Ordinal);
        Assert.Equal((6, 3, 3), (data.GetProperty("trainInteractions").GetInt32(), data.GetProperty("holdoutInteractions").GetInt32(), data.GetProperty("judgedUsers").GetInt32()));
    }

    /// <summary>A session of four items is three cases: the second after the first, the third after two, the fourth after three.</summary>
    [Fact]
    public void Evaluate_NextItem_JudgesEachItemAfterThoseBeforeIt()
    {
        var json = PathOf("next.json");
        var train = File("sessions.txt", "a 1 2 3\nb 1 2 3\nc 2 3 4\n");
        Assert.Equal(0, Run("--train", train, "--test", File("later.txt", "x 1 2 3 4\ny 2\n"), "--format", "lists", "--protocol", "next-item", "--recommender", "item-knn,popularity", "--at", "1", "--json", json));
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        Assert.Equal(3, report.RootElement.GetProperty("parts")[0].GetProperty("data").GetProperty("judgedUsers").GetInt32());
        Assert.Equal(1, FigureOf(json, "precision@1"));
    }

    [Fact]
    public void Evaluate_AutoAmongSome_TriesOnlyTheseAndShowsThem()
    {
        var json = PathOf("auto.json");
        Assert.Equal(0, Run("--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "auto", "--auto-candidates", "popularity,item-knn", "--budget", "20", "--json", json));
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        var selection = report.RootElement.GetProperty("parts")[0].GetProperty("selection");
        Assert.Equal(["item-knn", "popularity"], selection.GetProperty("candidates").EnumerateArray().Select(row => row.GetProperty("recommender").GetString()).Order());
        Assert.True(selection.GetProperty("trials").GetArrayLength() >= 2);
        Assert.Contains("What auto tried", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_MemoryLimitBelowTheNeed_FailsThatRecommenderAndSaysSo()
    {
        var registry = BuiltInTrainers.Registry.With<EndlessOptions>("greedy", _ => new GreedyTrainer());
        var command = EvaluateCommand.Create(() => registry, ConsoleOn(output), ConsoleOn(progress));

        Assert.Equal(0, command.Parse(["--train", Train, "--test", Test, "--test-format", "lists", "--recommender", "popularity,greedy", "--memory-limit", "512"]).Invoke());

        Assert.Contains("raise the limit", Joined(output), StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_SuiteWithoutAnyData_SaysWhatIsMissing()
    {
        Assert.Equal(1, Run("--suite", "--data", folder.FullName));
        Assert.Contains("ml-100k-topn: its data are not there.", Joined(output), StringComparison.Ordinal);
    }

    private static double FigureOf(string json, string measure, string recommender = "popularity")
    {
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        return report.RootElement.GetProperty("parts")[0].GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("recommender").GetString() == recommender)
            .GetProperty("values").GetProperty(measure).GetDouble();
    }

    private sealed class GreedyTrainer : ITrainer
    {
        public IScorer Train(InteractionDataset dataset, TrainingContext context)
        {
            context.Memory!.Claim(1L << 30);
            throw new InvalidOperationException("The bound was not handed on.");
        }
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
        // What was measured is kept.
        using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
        Assert.Equal("popularity", report.RootElement.GetProperty("parts")[0].GetProperty("rows").EnumerateArray().Single().GetProperty("recommender").GetString());
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
