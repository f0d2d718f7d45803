using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RecoService.Api.Importing.Values;
using RecoService.Api.Tests.Retraining;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>What happens to a run between the commit of its publication and its end: from then on it is published, whatever cancels or kills it.</summary>
public sealed class PublicationFaultTests
{
    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Cancel_AfterThePublication_IsPublishedAndServes(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var serving = new HeldServing();
        await using var service = await StartFilledAsync(database, serving);
        var location = await StartAndWaitForThePublicationAsync(service.Admin, database);

        await service.Admin.SendJsonAsync(HttpMethod.Post, $"{location}/cancel", null, HttpStatusCode.Accepted);
        serving.Release();

        var run = await service.Admin.WaitForRunAsync(location);
        RetrainTests.AssertEnded(run, "published", null);
        await Wait.UntilAsync(async () => (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("modelVersion") is { ValueKind: JsonValueKind.Number } version
            && version.GetInt32() == RetrainTests.Version(run), "the published model serves");
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Stop_AfterThePublication_IsRecordedAsPublished(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        var serving = new HeldServing();
        var service = await StartFilledAsync(database, serving);
        var stopping = service.Get<IHostApplicationLifetime>().ApplicationStopping;
        var location = await StartAndWaitForThePublicationAsync(service.Admin, database);
        var stopped = service.DisposeAsync();
        await Wait.UntilAsync(() => Task.FromResult(stopping.IsCancellationRequested), "the service is stopping");
        serving.Release();
        await stopped;

        await using var next = await TestService.StartAsync(database, TasteShop.QuickTraining);
        var run = await next.Admin.GetJsonAsync(location);
        RetrainTests.AssertEnded(run, "published", null);
        Assert.Equal(RetrainTests.Version(run), await RetrainTests.ServedVersionAsync(next));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Kill_AfterThePublication_IsRecordedAsPublishedAtTheNextStart(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var filled = await RetrainTests.StartFilledAsync(database))
        {
            // The tables are there.
        }

        await ForbidTheEndOfRunsAsync(database);
        string location;
        await using (var process = ServiceProcess.Start(ServiceProcess.ServeWords(database, TasteShop.QuickTraining)))
        {
            using var client = await process.ConnectWhenReadyAsync();
            location = await StartAndWaitForThePublicationAsync(client, database);
            await process.KillAsync();
        }

        Assert.Equal(0, await database.CountAsync("SELECT count(*) FROM model_runs WHERE outcome IS NOT NULL"));
        await AllowTheEndOfRunsAsync(database);
        await using var next = await TestService.StartAsync(database, TasteShop.QuickTraining);
        var run = await next.Admin.GetJsonAsync(location);
        RetrainTests.AssertEnded(run, "published", "stopped without a word");
        Assert.Equal(RetrainTests.Version(run), await RetrainTests.ServedVersionAsync(next));
        Assert.Equal(300, run.GetProperty("metrics").GetProperty("judgedUsers").GetInt32());
        // All that the run is known by was written with the publication, so nothing has to be trained again.
        RetrainTests.AssertEnded(await next.Admin.RetrainAsync(), "skipped", "Nothing has changed");
    }

    private static async Task<TestService> StartFilledAsync(TestDatabase database, HeldServing serving)
    {
        var service = await TestService.StartAsync(database, TasteShop.QuickTraining, serving.AddTo);
        await TasteShop.FillAsync(service.Storefront);
        return service;
    }

    private static async Task<string> StartAndWaitForThePublicationAsync(HttpClient admin, TestDatabase database)
    {
        using var started = await admin.PostAsync("/admin/retrain", null);
        await started.ReadJsonAsync(HttpStatusCode.Accepted);
        var location = started.Headers.Location!.ToString();
        var run = long.Parse(location.Split('/')[^1], CultureInfo.InvariantCulture);
        await Wait.UntilAsync(async () => await database.CountAsync($"SELECT count(*) FROM publications WHERE published_by = 'run {run}'") == 1, "the publication is committed");
        return location;
    }

    /// <summary>The row of a run refuses its outcome, so that the run hangs between its publication and its end.</summary>
    private static Task ForbidTheEndOfRunsAsync(TestDatabase database) => database.ExecuteAsync(database.Provider == StorageProvider.Postgres
        ? """
          CREATE FUNCTION no_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
          CREATE TRIGGER no_end BEFORE UPDATE ON model_runs FOR EACH ROW WHEN (NEW.outcome IS NOT NULL) EXECUTE FUNCTION no_end();
          """
        : "CREATE TRIGGER no_end BEFORE UPDATE ON model_runs WHEN NEW.outcome IS NOT NULL BEGIN SELECT RAISE(ABORT, 'not now'); END");

    private static Task AllowTheEndOfRunsAsync(TestDatabase database) =>
        database.ExecuteAsync(database.Provider == StorageProvider.Postgres ? "DROP TRIGGER no_end ON model_runs; DROP FUNCTION no_end()" : "DROP TRIGGER no_end");

    /// <summary>Keeps a run between the commit of its publication and its end: what would say that the model is served waits in the log.</summary>
    private sealed class HeldServing : ILoggerProvider, ILogger
    {
        private readonly ManualResetEventSlim released = new();

        public void AddTo(WebApplicationBuilder builder) => builder.Logging.AddProvider(this).SetMinimumLevel(LogLevel.Information);

        public void Release() => released.Set();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).StartsWith("Serving model version", StringComparison.Ordinal))
                Assert.True(released.Wait(TimeSpan.FromMinutes(2)), "Nobody let the model serve.");
        }

        public void Dispose() => released.Set();
    }
}
