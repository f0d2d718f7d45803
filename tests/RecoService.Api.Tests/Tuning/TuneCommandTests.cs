using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using RecoService.Api.Commands;
using RecoService.Api.Tests.Service;
using RecoService.Lab.Tuning;
using RecoService.Storage;
using Spectre.Console;

namespace RecoService.Api.Tests.Tuning;

public sealed class TuneCommandTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tune-");
    private readonly StringWriter output = new(CultureInfo.InvariantCulture);

    private string OutputPath => Path.Combine(folder.FullName, "reco.json");

    public void Dispose()
    {
        output.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Tune_StoredShop_WritesTheFileThatTheServiceStartsWith()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var filled = await TestService.StartAsync(database))
            await TasteShop.FillAsync(filled.Storefront);

        var code = Run([.. TestService.DefaultSettings, .. database.Settings],
            "--recommender", "implicit-als", "--trials", "6", "--budget", "00:02:00", "--threads", "1", "--options", Options("implicit-als", """{ "Factors": 1, "Epochs": 1 }"""), "--select", "--output", OutputPath);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("nDCG@10", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("300 users", output.ToString(), StringComparison.Ordinal);
        var written = Read().GetProperty("Reco");
        Assert.Equal("implicit-als", written.GetProperty("Retraining").GetProperty("Recommender").GetString());
        var options = written.GetProperty("Trainers").GetProperty("implicit-als");

        await using var service = ServiceProcess.StartIn(folder.FullName, ServiceProcess.ServeWords(database, "--Reco:Retraining:Threads=1"));
        using var admin = await service.ConnectWhenReadyAsync();
        var run = await admin.RetrainAsync();
        Assert.Equal("published", run.GetProperty("outcome").GetString());
        Assert.Equal(JsonSerializer.Serialize(options), JsonSerializer.Serialize(run.GetProperty("options").GetProperty("implicit-als")));
    }

    [Fact]
    public async Task Tune_StoredShopWithoutSelect_LeavesTheRecommenderAlone()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using (var filled = await TestService.StartAsync(database))
            await TasteShop.FillAsync(filled.Storefront);
        File.WriteAllText(OutputPath, """{ "Reco": { "Retraining": { "Recommender": "auto" } } }""");

        var code = Run([.. TestService.DefaultSettings, .. database.Settings],
            "--recommender", "implicit-als", "--trials", "6", "--budget", "00:02:00", "--threads", "1", "--options", Options("implicit-als", """{ "Factors": 1, "Epochs": 1 }"""), "--output", OutputPath);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("--select", output.ToString(), StringComparison.Ordinal);
        Assert.Equal("auto", Read().GetProperty("Reco").GetProperty("Retraining").GetProperty("Recommender").GetString());
        Assert.True(Read().GetProperty("Reco").GetProperty("Trainers").TryGetProperty("implicit-als", out _), Read().ToString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tune_File_ChangesTheRecommenderOnlyWithSelect(bool selects)
    {
        var code = Run([],
            ["--recommender", "implicit-als", "--train", TasteFile(), "--trials", "6", "--at", "5", "--threads", "1", "--options", Options("implicit-als", """{ "Factors": 1, "Epochs": 1 }"""), "--output", OutputPath, .. selects ? ["--select"] : Array.Empty<string>()]);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("nDCG@5", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(selects, Read().GetProperty("Reco").TryGetProperty("Retraining", out _));
        Assert.True(Read().GetProperty("Reco").GetProperty("Trainers").TryGetProperty("implicit-als", out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Tune_GainThatMayBeChance_WritesNothingAndSaysSo(bool selects)
    {
        // Popularity has two options, neither of which means anything where all items are equally popular.
        var code = Run([], ["--recommender", "popularity", "--train", TasteFile(), "--trials", "3", "--at", "5", "--output", OutputPath, .. selects ? ["--select"] : Array.Empty<string>()]);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("nothing is written", output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(OutputPath));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tune_Cancelled_ShowsTheTrialsItHasAndWritesNothing(bool isTerminal)
    {
        using var cancel = new CancellationTokenSource();
        var progress = new CancelAfterTheFirstTrial(output, cancel);
        var console = ConsoleOn(progress, isTerminal);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OfflineCommands.Tune(() => [], console)
            .Parse(["--recommender", "implicit-als", "--train", TasteFile(), "--budget", "01:00:00", "--threads", "1", "--output", OutputPath])
            .InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancel.Token));

        Assert.Contains("the first", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("nothing is written", output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(OutputPath));
        Assert.True(output.ToString().LastIndexOf("\e[?25h", StringComparison.Ordinal) >= output.ToString().LastIndexOf("\e[?25l", StringComparison.Ordinal), "the cursor stays hidden");
    }

    /// <summary>Among five random others the held-out item is easier to find than among all.</summary>
    [Fact]
    public void Tune_ProtocolOfEvaluate_JudgesByIt()
    {
        double Best(params string[] words)
        {
            output.GetStringBuilder().Clear();
            Assert.Equal(0, Run([], ["--recommender", "popularity", "--train", TasteFile(), "--trials", "1", "--budget", "600", "--threads", "1", "--output", OutputPath, .. words]));
            return double.Parse(System.Text.RegularExpressions.Regex.Match(output.ToString(), "0\\.[0-9]{4}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)).Value, System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.True(Best("--negatives", "5", "--ideal-dcg", "all", "--ties", "as-selected") > Best());
    }

    [Theory]
    [InlineData("--recommender magic --train x", 2, "no trainer 'magic'")]
    [InlineData("--recommender popularity --train x --budget 00:00:00", 2, "--budget")]
    [InlineData("--recommender popularity --train x --preset ml-100k-topn", 2, "not both")]
    [InlineData("--recommender popularity --preset nowhere", 2, "no preset 'nowhere'")]
    [InlineData("--recommender popularity --train no-such-file", 1, "no-such-file")]
    [InlineData("--recommender popularity --negatives 5", 2, "are for --train")]
    [InlineData("--recommender popularity --protocol next-item", 2, "are for --train")]
    [InlineData("--recommender popularity --preset ml-100k-topn --ideal-dcg all --negatives 5", 2, "its own split")]
    public void Tune_WhatCannotBe_SaysWhyAndWritesNothing(string words, int expected, string reason)
    {
        Assert.Equal(expected, Run([], [.. words.Split(' '), "--output", OutputPath]));

        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(OutputPath));
    }

    [Theory]
    [InlineData("{ \"Reco\": nonsense }", "reco.json")]
    [InlineData("{ \"Reco\": { \"Trainers\": { \"implicit-als\": { \"Factor\": 3 } } } }", "Reco:Trainers:implicit-als:Factor is not a setting")]
    public async Task Serve_BadFileInTheWorkingDirectory_DoesNotStartAndSaysWhy(string text, string reason)
    {
        File.WriteAllText(OutputPath, text);
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = ServiceProcess.StartIn(folder.FullName, ServiceProcess.ServeWords(database));
        await service.WaitForExitAsync();

        Assert.Equal(1, service.ExitCode);
        await Wait.UntilAsync(() => Task.FromResult(service.Output.Contains(reason, StringComparison.Ordinal)), $"the reason is given: {service.Output}");
    }

    private int Run(string[] settings, params string[] words) => OfflineCommands.Tune(() => settings, ConsoleOn(output, isTerminal: false)).Parse(words).Invoke();

    private static IAnsiConsole ConsoleOn(TextWriter writer, bool isTerminal)
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

    /// <summary>40 users in 4 groups, each with 10 of the 15 items of their group.</summary>
    private string TasteFile()
    {
        var train = Path.Combine(folder.FullName, "train.txt");
        File.WriteAllLines(train, from user in Enumerable.Range(0, 40) from item in Enumerable.Range(0, 10) select $"{user} {((user % 4) * 15) + ((user + item) % 15)}");
        return train;
    }

    private string Options(string trainer, string options)
    {
        var path = Path.Combine(folder.FullName, "options.json");
        File.WriteAllText(path, $$"""{ "Reco": { "Trainers": { "{{trainer}}": {{options}} } } }""");
        return path;
    }

    private JsonElement Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(OutputPath));
        return document.RootElement.Clone();
    }

    /// <summary>Presses Ctrl+C when the progress shows a best figure for the first time.</summary>
    private sealed class CancelAfterTheFirstTrial(StringWriter inner, CancellationTokenSource cancel) : StringWriter(CultureInfo.InvariantCulture)
    {
        public override void Write(string? value)
        {
            inner.Write(value);
            if (inner.ToString().Contains("best nDCG@10 0", StringComparison.Ordinal))
                cancel.Cancel();
        }

        public override void Write(char value) => inner.Write(value);

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));
    }
}
