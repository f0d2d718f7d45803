using System.Net;
using System.Text.Json;
using RecoService.Api.Telemetry;
using RecoService.Api.Tests.Service;
using RecoService.Storage;
using Serilog.Events;

namespace RecoService.Api.Tests.Access;

/// <summary>Settings that hold without a restart: on every replica, after a restart, with all that they were.</summary>
public sealed class LiveConfigurationTests
{
    private static readonly string[] Scheduled = ["--Reco:Retraining:Enabled=true", "--Reco:Retraining:Interval=20.00:00:00", "--Reco:Retraining:FirstRunDelay=10:00:00"];

    public static TheoryData<StorageProvider> Databases => [StorageProvider.Sqlite, StorageProvider.Postgres];

    private static async Task<double?> DaysToNextRunAsync(TestService service) =>
        await service.Shop.Retraining.Schedule.GetNextRunAsync(TestContext.Current.CancellationToken) is { } next ? (next - TimeProvider.System.GetUtcNow()).TotalDays : null;

    private static Task WaitForNextRunAsync(TestService service, double? least, double most) => Wait.UntilAsync(
        async () => await DaysToNextRunAsync(service) is var days && (least is null ? days is null : days > least && days <= most), $"the next run is in {least} to {most} days", TimeSpan.FromSeconds(30));

    private static Task<JsonElement> PutAsync(TestService service, string section, string json) => service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/configuration/{section}", json);

    /// <summary>Two replicas where the database can be shared; the schedule and the level of each are looked at.</summary>
    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Change_OfScheduleAndLog_HoldsOnEveryReplicaAndAfterARestart(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (var service = await TestService.StartAsync(database, Scheduled))
        {
            await using var replica = provider == StorageProvider.Postgres ? await TestService.StartAsync(database, Scheduled) : null;
            var other = replica ?? service;
            await WaitForNextRunAsync(other, 19.9, 20);

            await PutAsync(service, "schedule", """{"interval":"3.00:00:00"}""");
            Assert.InRange((await DaysToNextRunAsync(service))!.Value, 2.9, 3);
            await WaitForNextRunAsync(other, 2.9, 3);
            await PutAsync(other, "schedule", """{"cron":"0 0 3 * * ?"}""");
            await WaitForNextRunAsync(service, 0, 1);
            await PutAsync(service, "schedule", """{"enabled":false}""");
            await WaitForNextRunAsync(other, null, 0);

            await PutAsync(service, "log", """{"minimumLevel":"Error"}""");
            await Wait.UntilAsync(() => Task.FromResult(other.Get<LogVolume>().Switch.MinimumLevel == LogEventLevel.Error), "the other replica logs less");
            Assert.Equal(LogEventLevel.Error, service.Get<LogVolume>().Switch.MinimumLevel);
        }

        await using var again = await TestService.StartAsync(database, Scheduled);
        await WaitForNextRunAsync(again, null, 0);
        await Wait.UntilAsync(() => Task.FromResult(again.Get<LogVolume>().Switch.MinimumLevel == LogEventLevel.Error), "the service logs less after a restart");
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/configuration/log", null, HttpStatusCode.NoContent);
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/configuration/log", null, HttpStatusCode.NoContent);
        await again.Admin.SendJsonAsync(HttpMethod.Delete, "/admin/configuration/unheard-of", null, HttpStatusCode.NotFound);
        Assert.Equal(LogEventLevel.Fatal, again.Get<LogVolume>().Switch.MinimumLevel);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task RollBack_ToEarlierRevisions_MakesThemTheLastAndIsInTheAuditLog(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database, Scheduled);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/configuration/schedule/rollback", null, HttpStatusCode.NotFound);
        var first = (await PutAsync(service, "schedule", """{"interval":"3.00:00:00"}""")).GetProperty("revision").GetInt64();
        await PutAsync(service, "schedule", """{"interval":"5.00:00:00"}""");
        await PutAsync(service, "schedule", """{"enabled":false}""");

        var before = await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/configuration/schedule/rollback", null);
        Assert.Equal("5.00:00:00", before.GetProperty("settings").GetProperty("interval").GetString());
        Assert.InRange((await DaysToNextRunAsync(service))!.Value, 4.9, 5);
        await service.Admin.SendJsonAsync(HttpMethod.Post, $"/admin/configuration/schedule/rollback?revision={first}", null);
        Assert.InRange((await DaysToNextRunAsync(service))!.Value, 2.9, 3);
        await service.Admin.SendJsonAsync(HttpMethod.Post, "/admin/configuration/schedule/rollback?revision=999", null, HttpStatusCode.NotFound);

        var revisions = (await service.Viewer.GetJsonAsync("/admin/configuration/schedule/revisions")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["3.00:00:00", "5.00:00:00", null, "5.00:00:00", "3.00:00:00"], revisions.Select(revision => revision.GetProperty("settings").TryGetProperty("interval", out var interval) ? interval.GetString() : null));
        Assert.Equal(revisions[0].GetProperty("revision").GetInt64(), Assert.Single((await service.Viewer.GetJsonAsync("/admin/configuration")).GetProperty("items").EnumerateArray()).GetProperty("revision").GetInt64());
        var audit = (await service.Viewer.GetJsonAsync("/admin/audit")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["RollBackConfiguration", "RollBackConfiguration", "PutSchedule", "PutSchedule", "PutSchedule"], audit.Select(entry => entry.GetProperty("call").GetString()));
        Assert.Equal(("5.00:00:00", "3.00:00:00"), (audit[0].GetProperty("before").GetProperty("interval").GetString(), audit[0].GetProperty("after").GetProperty("interval").GetString()));
    }

    [Theory]
    [InlineData("schedule", """{"interval":"soon"}""", "interval")]
    [InlineData("schedule", """{"interval":"00:00:01"}""", "interval")]
    [InlineData("schedule", """{"interval":"366.00:00:00"}""", "interval")]
    [InlineData("schedule", """{"cron":"now"}""", "cron")]
    [InlineData("schedule", """{"cron":"0 0 3 1 1 ? 2020"}""", "cron")]
    [InlineData("schedule", """{"cron":"0 0 3 * * ?","interval":"01:00:00"}""", "cron")]
    [InlineData("schedule", """{"every":"01:00:00"}""", "every")]
    [InlineData("log", """{}""", "minimumLevel")]
    [InlineData("log", """{"minimumLevel":"loud"}""", "minimumLevel")]
    [InlineData("log", """{"minimumLevel":"2"}""", "minimumLevel")]
    public async Task Change_ThatCannotBe_NamesTheFieldAndChangesNothing(string section, string json, string field)
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database);

        var problem = await service.Admin.SendJsonAsync(HttpMethod.Put, $"/admin/configuration/{section}", json, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
        Assert.Equal(0, (await service.Admin.GetJsonAsync("/admin/configuration")).GetProperty("items").GetArrayLength());
    }

    /// <summary>What another version has stored may be what this one cannot read: it leaves its settings as they are and goes on.</summary>
    [Fact]
    public async Task Stored_ByAnotherVersion_IsLeftAloneAndOthersAreApplied()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await TestService.StartAsync(database, Scheduled);
        await database.ExecuteAsync("""INSERT INTO configuration (section, definition, changed_at) VALUES ('schedule', '{"interval":"sometimes"}', 0), ('unheard-of', '{}', 0), ('log', '{"minimumLevel":"Error"}', 0)""");

        await Wait.UntilAsync(() => Task.FromResult(service.Get<LogVolume>().Switch.MinimumLevel == LogEventLevel.Error), "the level is applied");

        Assert.InRange((await DaysToNextRunAsync(service))!.Value, 19.9, 20);
    }
}
