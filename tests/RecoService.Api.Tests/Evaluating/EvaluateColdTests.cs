using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Lab.ColdStart;
using RecoService.Lab.Evaluating;
using RecoService.Lab.Presets;
using Spectre.Console;

namespace RecoService.Api.Tests.Evaluating;

/// <summary>On a MovieLens of two tastes: 60 films, the first 30 of them dramas, and 200 users, of whom the odd ones are students who like dramas alone.</summary>
public sealed class EvaluateColdTests : IDisposable
{
    private const int Films = 60;
    private const int Users = 200;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cold-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter progress = new(CultureInfo.InvariantCulture);

    public EvaluateColdTests()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "ml-100k"));
        Directory.CreateDirectory(Path.Combine(folder.FullName, "ml-100k-topn"));
        var train = new StringBuilder();
        for (var user = 1; user <= Users; user++)
        {
            for (var nth = 0; nth < 10; nth++)
                train.Append(CultureInfo.InvariantCulture, $"{user}\t{(((user * 3) + (nth * 7)) % 30) + (user % 2 == 1 ? 1 : 31)}\t1\t1\n");
        }

        Write("ml-100k-topn/ml-100k.train.rating", train.ToString());
        Write("ml-100k-topn/ml-100k.test.rating", string.Concat(Enumerable.Range(1, Users).Select(user => $"{user} {(user % 2 == 1 ? 30 : 60)}\n")));
        Write("ml-100k/u.genre", "Drama|0\nHorror|1\n");
        Write("ml-100k/u.item", string.Concat(Enumerable.Range(1, Films).Select(film => $"{film}|Film {film}|01-Jan-1995||http|{(film <= 30 ? "1|0" : "0|1")}\n")));
        Write("ml-100k/u.user", string.Concat(Enumerable.Range(1, Users).Select(user => $"{user}|{(user % 2 == 1 ? 20 : 60) + (user % 5)}|M|{(user % 2 == 1 ? "student" : "retired")}|12345\n")));
    }

    public void Dispose()
    {
        output.Dispose();
        progress.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void ColdItems_OfTwoTastes_AreFoundByWhatTheyAre()
    {
        using var report = Judge("items");

        var parts = report.RootElement.GetProperty("parts");
        Assert.Equal("12 cold items, ranked among themselves", parts[0].GetProperty("name").GetString());
        Assert.Equal(0, ValueOf(parts[0], "implicit-als alone", "recall@20"));
        foreach (var list in new[] { "content", "content to factors", "both, as served" })
            Assert.InRange(ValueOf(parts[0], list, "nDCG@10"), ValueOf(parts[0], "random", "nDCG@10") + 0.1, 1);
        // There are twelve, and the longest list has twenty places.
        Assert.Equal(1, ValueOf(parts[0], "random", "recall@20"));
        Assert.True(ValueOf(parts[1], "a tenth of each list, as served", "recall@20") > 0);
    }

    [Fact]
    public void ColdUsers_OfTwoTastes_GetWhatSuitsTheirAttributes()
    {
        using var report = Judge("users");

        var part = report.RootElement.GetProperty("parts")[0];
        Assert.Equal(Users / 5, part.GetProperty("data").GetProperty("judgedUsers").GetInt32());
        foreach (var list in new[] { "attributes to factors", "popular among users with the same attributes", "as served" })
            Assert.InRange(ValueOf(part, list, "nDCG@10"), ValueOf(part, "popularity", "nDCG@10") + 0.05, 1);
    }

    /// <summary>What is put aside for the test part judges nothing of a validation part.</summary>
    [Fact]
    public void Validation_OfItemsAndUsers_SharesNothingWithTheTestPart()
    {
        var all = MovieLensTopN.Everything(Path.Combine(folder.FullName, "ml-100k-topn")).Build().All;

        var (test, validation) = (ColdSplit.OfUsers(all, 42, isValidation: false), ColdSplit.OfUsers(all, 42, isValidation: true));
        Assert.Equal((Users * 4 / 5, Users / 5), (test.Train.Users.Count, test.Questions.Count));
        Assert.Equal((Users * 16 / 25, Users * 4 / 25), (validation.Train.Users.Count, validation.Questions.Count));
        var (testItems, validationItems) = (ColdSplit.OfItems(all, 42, isValidation: false), ColdSplit.OfItems(all, 42, isValidation: true));
        Assert.Equal((12, Films), (testItems.ColdItems, testItems.Histories.Items.Count));
        Assert.Equal((10, Films - 12), (validationItems.ColdItems, validationItems.Histories.Items.Count));
        Assert.All(testItems.Questions, question => Assert.All(question.Wanted, item => Assert.True(testItems.IsCold(item))));
        Assert.True(testItems.Train.Items.Count <= Films - 12);
    }

    [Theory]
    [InlineData("--cold is judged on presets", "--preset", "amazon-cds", "--cold", "items")]
    [InlineData("give --preset NAME", "--cold", "items")]
    [InlineData("a split and a protocol of its own", "--preset", "ml-100k-topn", "--cold", "items", "--at", "5")]
    [InlineData("with one recommender", "--preset", "ml-100k-topn", "--cold", "users", "--recommender", "ease,slim")]
    [InlineData("takes no --suite", "--preset", "ml-100k-topn", "--cold", "users", "--placement", "home")]
    [InlineData("--validation goes with", "--preset", "ml-100k-topn", "--validation")]
    public void Cold_WordsThatDoNotFit_AreRefused(string message, params string[] arguments)
    {
        Assert.Equal(2, Run([.. arguments, "--data", folder.FullName]));

        Assert.Contains(message, progress.ToString().ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public void ColdUsers_AttributesThatCannotBeRead_AreNamed()
    {
        Write("ml-100k/u.user", "1|young|M|student|1\n");

        Assert.Equal(1, Run(["--preset", "ml-100k-topn", "--cold", "users", "--data", folder.FullName]));

        Assert.Contains("u.user, line 1", progress.ToString().ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    private JsonDocument Judge(string cold)
    {
        var json = Path.Combine(folder.FullName, "report.json");
        Assert.Equal(0, Run(["--preset", "ml-100k-topn", "--cold", cold, "--data", folder.FullName, "--json", json]));
        return JsonDocument.Parse(File.ReadAllText(json));
    }

    private int Run(string[] arguments) =>
        EvaluateCommand.Create(() => BuiltInTrainers.Registry, ConsoleTo(output), ConsoleTo(progress)).Parse(arguments).Invoke();

    private static double ValueOf(JsonElement part, string list, string measure) =>
        part.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("recommender").GetString() == list).GetProperty("values").GetProperty(measure).GetDouble();

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(folder.FullName, file), text);

    private static IAnsiConsole ConsoleTo(StringWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });
        console.Profile.Width = 400;
        return console;
    }
}
