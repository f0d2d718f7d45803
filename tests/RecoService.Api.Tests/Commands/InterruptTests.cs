using System.Globalization;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Commands;

/// <summary>Ctrl+C in the commands that take long: a clean word, exit code 130, no stack trace, and nothing half-done.</summary>
public sealed class InterruptTests : IDisposable
{
    /// <summary>A process of its own has to start before it can be stopped.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("interrupt-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Train_Interrupted_EndsCleanAndTheOldModelServes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var version = await RetrainTests.PublishOneAsync(database);
        await using var train = ServiceProcess.Start(["train", "--force", .. ServiceProcess.ServeWords(database, TasteShop.SlowTraining)]);
        await Wait.UntilAsync(async () => (await database.ReadTextsAsync("SELECT stage FROM model_runs WHERE outcome IS NULL")).Contains("training one-class"), $"the run trains: {train.Output}", Patience);

        train.Interrupt();
        await train.WaitForExitAsync();

        AssertClean(train, "Stopped by Ctrl+C.", 130);
        Assert.Contains("interrupted", train.Output, StringComparison.Ordinal);
        await using var service = await TestService.StartAsync(database, TasteShop.QuickTraining);
        Assert.Equal(version, await RetrainTests.ServedVersionAsync(service));
        RetrainTests.AssertEnded((await service.Admin.GetJsonAsync("/admin/runs")).GetProperty("items")[0], "interrupted", "was stopped");
        RetrainTests.AssertEnded(await service.Admin.RetrainAsync(force: true), "published", "overridden");
    }

    [Theory]
    [InlineData("evaluate", "Stopped after", false)]
    [InlineData("tune", "Stopped before the end of the search; nothing is written", false)]
    [InlineData("evaluate", "Stopped after", true)]
    public async Task EvaluateAndTune_Stopped_EndClean(string command, string shown, bool bySigterm)
    {
        var file = Path.Combine(folder.FullName, "pairs.txt");
        File.WriteAllLines(file, from user in Enumerable.Range(0, 3000) from item in Enumerable.Range(0, 10) select string.Create(CultureInfo.InvariantCulture, $"{user} {(user + (item * item)) % 900}"));
        var options = Path.Combine(folder.FullName, "options.json");
        File.WriteAllText(options, """{ "Reco": { "Trainers": { "one-class": { "Factors": 128, "Epochs": 1000 } } } }""");
        var reco = Path.Combine(folder.FullName, "reco.json");
        await using var process = ServiceProcess.StartIn(folder.FullName, command == "tune"
            ? ["tune", "--recommender", "one-class", "--train", file, "--budget", "01:00:00", "--output", reco]
            : ["evaluate", "--file", file, "--split", "random=0.2", "--recommender", "popularity,one-class", "--options", options]);
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains('%', StringComparison.Ordinal)), $"{command} shows its progress: {process.Output}", Patience);

        if (bySigterm)
            process.Terminate();
        else
            process.Interrupt();
        await process.WaitForExitAsync();

        AssertClean(process, bySigterm ? "Stopped by SIGTERM." : "Stopped by Ctrl+C.", bySigterm ? 143 : 130);
        Assert.Contains(shown, process.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(reco));
    }

    private static void AssertClean(ServiceProcess process, string message, int code)
    {
        Assert.True(process.ExitCode == code, $"Ended with {process.ExitCode}: {process.Output}");
        Assert.Contains(message, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", process.Output, StringComparison.Ordinal);
    }
}
