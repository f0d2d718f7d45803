using System.Globalization;
using System.Text.Json;
using RecoService.Api.Tests.Service;
using RecoService.Api.Tuning;
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
            "--recommender", "pure-svd", "--trials", "4", "--budget", "00:02:00", "--threads", "1", "--output", OutputPath);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("nDCG@10", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("300 users", output.ToString(), StringComparison.Ordinal);
        var written = Read().GetProperty("Reco");
        Assert.Equal("pure-svd", written.GetProperty("Retraining").GetProperty("Recommender").GetString());
        var options = written.GetProperty("Trainers").GetProperty("pure-svd");

        await using var service = ServiceProcess.StartIn(folder.FullName, ServiceProcess.ServeWords(database, "--Reco:Retraining:Threads=1"));
        using var admin = await service.ConnectWhenReadyAsync();
        var run = await admin.RetrainAsync();
        Assert.Equal("published", run.GetProperty("outcome").GetString());
        Assert.Equal(JsonSerializer.Serialize(options), JsonSerializer.Serialize(run.GetProperty("options").GetProperty("pure-svd")));
    }

    [Fact]
    public void Tune_File_WritesOptionsOnly()
    {
        var train = Path.Combine(folder.FullName, "train.txt");
        File.WriteAllLines(train, from user in Enumerable.Range(0, 40) from item in Enumerable.Range(0, 10) select $"{user} {((user % 4) * 15) + ((user + item) % 15)}");

        var code = Run([], "--recommender", "popularity", "--train", train, "--trials", "3", "--at", "5", "--output", OutputPath);

        Assert.True(code == 0, output.ToString());
        Assert.Contains("nDCG@5", output.ToString(), StringComparison.Ordinal);
        Assert.False(Read().GetProperty("Reco").TryGetProperty("Retraining", out _));
        Assert.True(Read().GetProperty("Reco").GetProperty("Trainers").TryGetProperty("popularity", out _));
    }

    [Theory]
    [InlineData("--recommender magic --train x", 2, "no trainer 'magic'")]
    [InlineData("--recommender popularity --train x --budget 00:00:00", 2, "--budget")]
    [InlineData("--recommender popularity --train x --preset ml-100k-topn", 2, "not both")]
    [InlineData("--recommender popularity --preset nowhere", 2, "no preset 'nowhere'")]
    [InlineData("--recommender popularity --train no-such-file", 1, "no-such-file")]
    public void Tune_WhatCannotBe_SaysWhyAndWritesNothing(string words, int expected, string reason)
    {
        Assert.Equal(expected, Run([], [.. words.Split(' '), "--output", OutputPath]));

        Assert.Contains(reason, output.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(OutputPath));
    }

    [Theory]
    [InlineData("{ \"Reco\": nonsense }", "reco.json")]
    [InlineData("{ \"Reco\": { \"Trainers\": { \"one-class\": { \"Factor\": 3 } } } }", "Reco:Trainers:one-class:Factor is not a setting")]
    public async Task Serve_BadFileInTheWorkingDirectory_DoesNotStartAndSaysWhy(string text, string reason)
    {
        File.WriteAllText(OutputPath, text);
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = ServiceProcess.StartIn(folder.FullName, ServiceProcess.ServeWords(database));
        await service.WaitForExitAsync();

        Assert.Equal(1, service.ExitCode);
        await Wait.UntilAsync(() => Task.FromResult(service.Output.Contains(reason, StringComparison.Ordinal)), $"the reason is given: {service.Output}");
    }

    private int Run(string[] settings, params string[] words)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 1000;
        return TuneCommand.Create(() => settings, console).Parse(words).Invoke();
    }

    private JsonElement Read()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(OutputPath));
        return document.RootElement.Clone();
    }
}
