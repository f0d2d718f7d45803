using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Lab.Evaluating;
using Spectre.Console;

namespace RecoService.Api.Tests.Evaluating;

public sealed class EvaluatePlacementTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("placement-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter progress = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        output.Dispose();
        progress.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Ten pairs of items, and of a hundred users ten each buy one of them, on five days: who has one of a pair has both, always.</summary>
    private string Checkerboard
    {
        get
        {
            var text = new StringBuilder();
            for (var day = 1; day <= 5; day++)
            {
                for (var user = 0; user < 100; user++)
                    text.Append(CultureInfo.InvariantCulture, $"user{user},left{user % 10},2026-01-{day:00}\nuser{user},right{user % 10},2026-01-{day:00}\n");
            }

            return File("pairs.csv", text.ToString());
        }
    }

    /// <summary>Ten users buy milk every day, and each day another of five things of their own.</summary>
    private string Milk => File("milk.csv", string.Concat(
        from day in Enumerable.Range(1, 10) from user in Enumerable.Range(0, 10) select FormattableString.Invariant($"user{user},milk,2026-01-{day:00}\nuser{user},own{(user * 3) + (day % 5)},2026-01-{day:00}\n")));

    [Theory]
    [InlineData("bought-together")]
    [InlineData("basket")]
    [InlineData("similar")]
    public void Placement_WhatIsAlwaysBoughtTogether_IsFoundFirst(string placement)
    {
        using var report = Judge("--file", Checkerboard, "--columns", "user,item,time", "--placement", placement, "--at", "1");

        var part = report.RootElement.GetProperty("parts")[0];
        // The newest fifth of 500 baskets.
        Assert.Equal((100, "baskets"), (part.GetProperty("data").GetProperty("judgedUsers").GetInt32(), part.GetProperty("data").GetProperty("unit").GetString()));
        Assert.Equal(800, part.GetProperty("data").GetProperty("trainInteractions").GetInt32());
        Assert.Equal((1, 1), (ValueOf(report, placement, "hit rate@1"), ValueOf(report, placement, "MRR@1")));
        Assert.Equal(1, ValueOf(report, "co-occurrence counts", "hit rate@1"));
        // All items sell alike, so that the first of all is right once in a while.
        Assert.InRange(ValueOf(report, "popular", "hit rate@1"), 0, 0.2);
        var popular = RowOf(report, "popular");
        Assert.Equal((placement, "worse"), (popular.GetProperty("difference").GetProperty("versus").GetString(), popular.GetProperty("difference").GetProperty("verdict").GetString()));
        Assert.False(RowOf(report, placement).TryGetProperty("difference", out _));
        Assert.Contains("100 test baskets: 0 hold a single item; 0 of the others hold fewer than two items that the training part knows; 100 are judged.", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Placement_BuyAgain_FindsWhatComesEveryDay()
    {
        using var report = Judge("--file", Milk, "--columns", "user,item,time", "--placement", "buy-again", "--at", "1", "--split", "time=0.1");

        // A basket of the last day holds milk and what the user had five days before: one of two repeats stands in a list of one.
        Assert.Equal(10, report.RootElement.GetProperty("parts")[0].GetProperty("data").GetProperty("judgedUsers").GetInt32());
        Assert.Equal((0.5, 1), (ValueOf(report, "buy-again", "recall@1"), ValueOf(report, "buy-again", "hit rate@1")));
        Assert.Equal(0.5, ValueOf(report, "most bought by this customer", "recall@1"));
        Assert.Contains("10 users have a test basket: 0 are new, the first basket of 0 holds nothing that they had bought before; 10 are judged.", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("home")]
    [InlineData("popular")]
    [InlineData("trending")]
    [InlineData("new-arrivals")]
    [InlineData("recently-viewed")]
    public void Placement_OfTheUser_IsHeldAgainstWhatTheyBoughtBefore(string placement)
    {
        using var report = Judge("--file", Milk, "--columns", "user,item,time", "--placement", placement, "--recommender", "popularity");

        Assert.Equal(10, report.RootElement.GetProperty("parts")[0].GetProperty("data").GetProperty("judgedUsers").GetInt32());
        Assert.Equal(1, ValueOf(report, "last bought", "hit rate@10"));
        if (placement is "home" or "popular" or "recently-viewed")
            Assert.Equal(1, ValueOf(report, placement, "hit rate@10"));
    }

    [Fact]
    public void Placement_Validation_SeesNothingOfTheTestPart()
    {
        // The test part names items that nothing else names; a validation part knows nothing of them.
        var text = System.IO.File.ReadAllText(Checkerboard);
        var changed = File("changed.csv", string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string.CompareOrdinal(line[^10..], "2026-01-05") >= 0 ? line.Replace("left", "other", StringComparison.Ordinal) : line) + "\n")));
        string Figures(string file)
        {
            using var report = Judge("--file", file, "--columns", "user,item,time", "--placement", "basket", "--validation");
            return report.RootElement.GetProperty("parts")[0].GetProperty("data").ToString() + ValueOf(report, "basket", "hit rate@10") + ValueOf(report, "popular", "MRR@10").ToString(CultureInfo.InvariantCulture);
        }

        Assert.Equal(Figures(Checkerboard), Figures(changed));
        Assert.Contains("a validation part of the training part", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Placement_WithOrders_ABasketIsAnOrder()
    {
        var orders = File("orders.csv", string.Concat(
            from day in Enumerable.Range(1, 10) from order in new[] { 1, 2 } from item in new[] { "a", "b" } select FormattableString.Invariant($"u,{day}-{order},{item}{order},2026-01-{day:00}\n")));
        using var report = Judge("--file", orders, "--format", "baskets", "--columns", "user,order,item,time", "--placement", "bought-together");

        // Two orders on each of the last two days; by the day there would be two baskets.
        Assert.Equal(4, report.RootElement.GetProperty("parts")[0].GetProperty("data").GetProperty("judgedUsers").GetInt32());
        Assert.Equal(1, ValueOf(report, "bought-together", "hit rate@10"));
    }

    [Theory]
    [InlineData("--file DATA --columns user,item,time --placement rank", "cannot be judged here: it orders what a search has found")]
    [InlineData("--file DATA --columns user,item,time --placement on-sale", "cannot be judged here: it shows what has a sale price")]
    [InlineData("--file DATA --columns user,item,time --placement shelf", "There is no placement 'shelf' to be judged; known are bought-together, basket")]
    [InlineData("--placement home", "--placement judges dated purchases: give --preset NAME, or --file FILE")]
    [InlineData("--train DATA --test DATA --placement home", "give --preset NAME, or --file FILE")]
    [InlineData("--preset ml-100k-topn --placement home", "preset 'ml-100k-topn' has none; online-retail, online-retail-baskets have")]
    [InlineData("--preset online-retail --data /nowhere --placement home", "name the folder above it with --data")]
    [InlineData("--file DATA --placement home", "--placement needs times; name their column")]
    [InlineData("--file DATA --format ratings --placement home", "--format is pairs or baskets")]
    [InlineData("--file DATA --columns user,item,time --placement home --split folds=5", "--split folds=5 is not time=0.2")]
    [InlineData("--file DATA --columns user,item,time --placement home --split time=2", "--split time=2 is not time=0.2")]
    [InlineData("--file DATA --columns user,item,time --placement home --split time=2026-01-05 --validation", "it needs a fraction")]
    [InlineData("--file DATA --columns user,item,time --placement home --repeats only", "A placement has a protocol of its own")]
    [InlineData("--file DATA --columns user,item,time --placement home --at 5,10", "--at 5,10 is no length of 1 to 1000")]
    [InlineData("--file DATA --columns user,item,time --placement home --recommender auto", "with one recommender, by name")]
    [InlineData("--file DATA --columns user,item,time --placement home --recommender ease,bpr", "with one recommender, by name")]
    [InlineData("--file DATA --columns user,item,time --placement home --versus popular", "it takes no --suite, --versus")]
    [InlineData("--suite --placement home", "it takes no --suite, --versus")]
    [InlineData("--file DATA --columns user,item,time --split time=0.2 --validation", "--validation goes with --placement")]
    public void Placement_WordsThatDoNotFit_AreRefused(string words, string reason)
    {
        Assert.Equal(2, Run(words.Replace("DATA", Milk, StringComparison.Ordinal).Split(' ')));
        Assert.Contains(reason, progress.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,x,2026-01-01\nb,y,2026-01-02\n", "bought-together", "Nothing can be judged. 1 test baskets: 1 hold a single item")]
    [InlineData("a,x,2026-01-01\nb,y,2026-01-02\n", "buy-again", "Nothing can be judged. 1 users have a test basket: 1 are new")]
    [InlineData("a,x,2026-01-01\nb,y,2026-01-01\n", "home", "leaves no basket to learn from")]
    public void Placement_DataThatSayNothing_IsAnError(string text, string placement, string reason)
    {
        Assert.Equal(1, Run("--file", File("few.csv", text), "--columns", "user,item,time", "--placement", placement));
        Assert.Contains(reason, progress.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    private JsonDocument Judge(params string[] arguments)
    {
        var json = Path.Combine(folder.FullName, "figures.json");
        var code = Run([.. arguments, "--json", json, "--threads", "2"]);
        Assert.True(code == 0, progress.ToString());
        return JsonDocument.Parse(System.IO.File.ReadAllText(json));
    }

    private int Run(params string[] arguments) => EvaluateCommand.Create(() => BuiltInTrainers.Registry, ConsoleOn(output), ConsoleOn(progress)).Parse(arguments).Invoke();

    private static JsonElement RowOf(JsonDocument report, string name) =>
        report.RootElement.GetProperty("parts")[0].GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("recommender").GetString() == name);

    private static double ValueOf(JsonDocument report, string name, string measure) => RowOf(report, name).GetProperty("values").GetProperty(measure).GetDouble();

    private static IAnsiConsole ConsoleOn(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 1000;
        return console;
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
