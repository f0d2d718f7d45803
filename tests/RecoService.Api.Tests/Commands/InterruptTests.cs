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
        await Wait.UntilAsync(async () => (await database.ReadTextsAsync("SELECT stage FROM model_runs WHERE outcome IS NULL")).Contains("training implicit-als"), $"the run trains: {train.Output}", Patience);

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
        await using var process = ServiceProcess.StartIn(folder.FullName, LongWords(command));
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains('%', StringComparison.Ordinal)), $"{command} shows its progress: {process.Output}", Patience);

        if (bySigterm)
            process.Terminate();
        else
            process.Interrupt();
        await process.WaitForExitAsync();

        AssertClean(process, bySigterm ? "Stopped by SIGTERM." : "Stopped by Ctrl+C.", bySigterm ? 143 : 130);
        Assert.Contains(shown, process.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.FullName, "reco.json")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Import_OfAPipe_IsStoredAtItsEndOrNotAtAll(bool isStopped)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var process = ServiceProcess.Start(["import", "interactions", "-", .. database.Settings]);
        await process.TypeAsync("userId,itemId,kind\n" + string.Concat(Enumerable.Range(0, 1_200_000).Select(row => $"u{row % 100},i{row % 100},view\n")));
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains("lines, 0 bad", StringComparison.Ordinal)), $"the pipe is read: {process.Output}", Patience);

        if (isStopped)
            process.Terminate();
        else
            process.EndInput();
        await process.WaitForExitAsync();

        if (isStopped)
            AssertClean(process, "Stopped by SIGTERM.", 143);
        else
            AssertClean(process, "The import is stored.", 0);
        Assert.Equal(isStopped, process.Output.Contains("Nothing was stored.", StringComparison.Ordinal));
        if (!isStopped)
            Assert.Equal(1_200_000, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    /// <summary>Progress bars hide the cursor.</summary>
    [Theory]
    [InlineData("import", "Nothing was stored.")]
    [InlineData("evaluate", "Stopped after")]
    [InlineData("tune", "nothing is written")]
    public async Task OnATerminal_CtrlC_GivesTheCursorBack(string command, string shown)
    {
        const string hidden = "\u001b[?25l";
        const string visible = "\u001b[?25h";
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have other terminals.");
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        var pipe = Path.Combine(folder.FullName, "pipe");
        using (var make = System.Diagnostics.Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync(TestContext.Current.CancellationToken);
        await using var process = ServiceProcess.StartOnTerminal(folder.FullName, command == "import" ? ["import", "interactions", pipe, .. database.Settings] : LongWords(command));
        await using var writer = command == "import" ? await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0)) : null;
        writer?.Write("userId,itemId,kind\nu,i,view\n"u8);
        await Wait.UntilAsync(() => Task.FromResult(process.Output.Contains(hidden, StringComparison.Ordinal)), $"{command} shows its progress: {process.Output}", Patience);

        await process.TypeAsync("\u0003");
        await process.WaitForExitAsync();

        AssertClean(process, "Stopped by Ctrl+C.", 130);
        Assert.Contains(shown, process.Output, StringComparison.Ordinal);
        Assert.True(process.Output.LastIndexOf(visible, StringComparison.Ordinal) > process.Output.LastIndexOf(hidden, StringComparison.Ordinal), process.Output);
    }

    /// <summary>Works for minutes, until it is stopped.</summary>
    private string[] LongWords(string command)
    {
        var file = Path.Combine(folder.FullName, "pairs.txt");
        File.WriteAllLines(file, from user in Enumerable.Range(0, 3000) from item in Enumerable.Range(0, 10) select string.Create(CultureInfo.InvariantCulture, $"{user} {(user + (item * item)) % 900}"));
        var options = Path.Combine(folder.FullName, "options.json");
        File.WriteAllText(options, """{ "Reco": { "Trainers": { "implicit-als": { "Factors": 128, "Epochs": 1000 } } } }""");
        return command == "tune"
            ? ["tune", "--recommender", "implicit-als", "--train", file, "--budget", "01:00:00", "--output", Path.Combine(folder.FullName, "reco.json")]
            : ["evaluate", "--file", file, "--split", "random=0.2", "--recommender", "popularity,implicit-als", "--options", options];
    }

    private static void AssertClean(ServiceProcess process, string message, int code)
    {
        Assert.True(process.ExitCode == code, $"Ended with {process.ExitCode}: {process.Output}");
        Assert.Contains(message, process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", process.Output, StringComparison.Ordinal);
    }
}
