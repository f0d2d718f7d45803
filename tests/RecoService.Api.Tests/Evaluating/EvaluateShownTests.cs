using System.Globalization;
using System.Text;
using System.Text.Json;
using RecoService.Engine.Algorithms;
using RecoService.Lab.Evaluating;
using RecoService.Lab.Files;
using Spectre.Console;

namespace RecoService.Api.Tests.Evaluating;

/// <summary><c>evaluate --shown</c>: recommenders that learn from lists, measured on files.</summary>
public sealed class EvaluateShownTests : IDisposable
{
    private const string Header = "user,item,position,touched,time,propensity,query\n";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("shown-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);
    private readonly StringWriter progress = new(CultureInfo.InvariantCulture);

    public void Dispose()
    {
        output.Dispose();
        progress.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Read_Rows_AreAsTheHeaderSays()
    {
        var rows = ExposureFile.Read(File("a.csv", Header + "u,i,2,1,1700000000,0.25,q\nu,j,1,0,2023-11-14T22:13:20Z,1,\n")).ToList();

        Assert.Equal([new FileExposure("u", "i", 2, true, 1_700_000_000_000, 0.25f), new FileExposure("u", "j", 1, false, 1_700_000_000_000, 1)], rows);
        Assert.Equal(new FileExposure("u", "i", 1, false, 5_000, 1), ExposureFile.Read(File("b.tsv", "time\ttouched\titem\tuser\tposition\n5\t0\ti\tu\t1\n")).Single());
    }

    [Theory]
    [InlineData("user,item,position,time\n", "the header names no column 'touched'")]
    [InlineData(Header + "u,i,1,0,5,1\n", "line 2: 6 fields are found, and the header has 7")]
    [InlineData(Header + ",i,1,0,5,1,\n", "line 2: the user is empty")]
    [InlineData(Header + "u,,1,0,5,1,\n", "line 2: the item is empty")]
    [InlineData(Header + "u,i,0,0,5,1,\n", "line 2: the position is '0'; it is 1 to 1000")]
    [InlineData(Header + "u,i,x,0,5,1,\n", "line 2: the position is 'x'")]
    [InlineData(Header + "u,i,1,yes,5,1,\n", "line 2: touched is 'yes'; it is 0 or 1")]
    [InlineData(Header + "u,i,1,0,soon,1,\n", "line 2: 'soon' is no time")]
    [InlineData(Header + "u,i,1,0,5,0,\n", "line 2: the propensity is '0'; it is above 0 and at most 1")]
    [InlineData(Header + "u,i,1,0,5,1.5,\n", "line 2: the propensity is '1.5'")]
    public void Evaluate_BadFile_SaysWhatIsWrong(string text, string reason)
    {
        Assert.Equal(1, Run("--file", File("i.csv", "a,x,1\nb,y,2\n"), "--columns", "user,item,time", "--split", "time=0.5", "--shown", File("bad.csv", text)));
        Assert.Contains(reason, Words(progress), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--preset", "ml-100k-topn")]
    [InlineData("--train", "i.txt", "--test", "i.txt")]
    public void Evaluate_WhereItSaysNothing_IsRefused(params string[] arguments)
    {
        File("i.txt", "a x\nb y\n");
        Assert.Equal(2, Run([.. arguments.Select(argument => argument == "i.txt" ? Path.Combine(folder.FullName, argument) : argument), "--shown", File("s.csv", Header)]));
        Assert.Contains("--shown", Words(progress), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ListsWithGaps_KeepTheirPositions()
    {
        var builder = new SplitBuilder();
        builder.Add(new FileInteraction("ann", "x", null, 10));
        builder.Add(new FileInteraction("bob", "y", null, 20));
        foreach (var row in new[] { new FileExposure("ann", "y", 3, true, 7, 0.5f), new FileExposure("ann", "x", 1, false, 7, 1), new FileExposure("ann", "unknown", 4, false, 7, 1), new FileExposure("zoe", "x", 1, false, 7, 1), new FileExposure("ann", "x", 1, false, 8, 1) })
            builder.AddShown(row);

        var exposures = builder.Build().All.Exposures;

        Assert.Equal((5, 2, 1, true), (exposures.Count, exposures.ListCount, exposures.TouchedCount, exposures.HasDrawn));
        Assert.Equal([0, -1, 1, -1], exposures.ItemsOf(0).ToArray());
        Assert.Equal((true, 0.5f, 1f), (exposures.IsTouched(0, 2), exposures.PropensityAt(0, 2), exposures.PropensityAt(0, 1)));
    }

    /// <summary>Half of the users are shown item 9 again and again and never touch it, as popular as it is elsewhere; whoever learns from that puts it behind.</summary>
    [Fact]
    public void Evaluate_WithShownLists_MeasuresWhatTheyAreWorth()
    {
        var (interactions, shown) = (new StringBuilder(), new StringBuilder(Header));
        for (var user = 0; user < 60; user++)
        {
            for (var item = 0; item < 6; item++)
            {
                if ((user + item) % 3 != 0)
                    interactions.Append(CultureInfo.InvariantCulture, $"{user},{item},{100 + item}\n");
            }

            if (user >= 40)
                interactions.Append(CultureInfo.InvariantCulture, $"{user},9,110\n");
            else
                shown.Append(CultureInfo.InvariantCulture, $"{user},9,1,0,115,1,\n{user},8,2,1,115,1,\n");
            if (user is >= 20 and < 40)
                interactions.Append(CultureInfo.InvariantCulture, $"{user},8,112\n");
            interactions.Append(CultureInfo.InvariantCulture, $"{user},{(user < 20 ? 8 : 7)},{200 + user}\n");
        }

        double Ndcg(string feedback, params string[] more)
        {
            var json = Path.Combine(folder.FullName, $"{feedback}{more.Length}.json");
            var options = File("options.json", $$"""{ "Reco": { "Trainers": { "implicit-als": { "Factors": 4, "Feedback": "{{feedback}}", "ShownWeight": 30, "ColdStart": false } } } }""");
            var code = Run([
                "--file", File("i.csv", interactions.ToString()), "--columns", "user,item,time", "--split", "time=1970-01-01T00:03:20Z", "--recommender", "implicit-als", "--at", "3", "--options", options, "--json", json, .. more]);
            Assert.True(code == 0, progress.ToString());
            using var report = JsonDocument.Parse(System.IO.File.ReadAllText(json));
            return report.RootElement.GetProperty("parts")[0].GetProperty("rows")[0].GetProperty("values").GetProperty("nDCG@3").GetDouble();
        }

        string[] lists = ["--shown", File("s.csv", shown.ToString())];
        var (with, without, unread) = (Ndcg("Raw", lists), Ndcg("None", lists), Ndcg("Raw"));

        Assert.Equal(without, unread);
        Assert.True(with > without, $"{with} against {without}");
    }

    private int Run(params string[] arguments) =>
        EvaluateCommand.Create(() => BuiltInTrainers.Registry, Console(output), Console(progress)).Parse(arguments).Invoke();

    private static IAnsiConsole Console(StringWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.No, Interactive = InteractionSupport.No });

    private static string Words(StringWriter writer) => string.Join(' ', writer.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private string File(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
