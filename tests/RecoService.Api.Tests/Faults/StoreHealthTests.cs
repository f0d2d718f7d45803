using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>A store that takes no writes makes the service degraded with the reason, and everything that can be answered from memory goes on.</summary>
public sealed class StoreHealthTests
{
    private static readonly string[] Impatient = ["--Reco:Storage:ProbeInterval=00:00:00.2", "--Reco:Storage:ProbeTimeout=00:00:02", "--Reco:Storage:WriteTimeout=00:00:02"];

    [Fact]
    public async Task PostgresFrozen_HealthAndStatusAnswerFromWhatIsKnown()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using var service = await StartAsync(database);
        JsonElement before = default;
        await Wait.UntilAsync(async () => (before = await service.Admin.GetJsonAsync("/admin/status")).GetProperty("counts").GetProperty("users").GetInt32() == 1, "the user is counted");

        await server.FreezeAsync();
        try
        {
            await ReasonAsync(service, "not answer");
            var status = await service.Admin.GetJsonAsync("/admin/status");
            Assert.Equal("degraded", status.GetProperty("status").GetString());
            Assert.Equal(before.GetProperty("counts").ToString(), status.GetProperty("counts").ToString());
            Assert.InRange(status.GetProperty("countsAt").GetDateTimeOffset(), before.GetProperty("countsAt").GetDateTimeOffset(), TimeProvider.System.GetUtcNow());
            Assert.Equal(["i"], await service.Storefront.RecommendAsync("nobody"));
        }
        finally
        {
            await server.ThawAsync();
        }

        await IsReadyAgainAsync(service);
    }

    [Fact]
    public async Task PostgresIsAStandby_IsDegradedUntilItIsPromoted()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await using (var service = await StartAsync(database))
        {
            await server.BecomeStandbyAsync();
            await ReasonAsync(service, "read-only");
            await RefusesAsync(service, database);
        }

        // A service that is started meanwhile has lists to serve as well.
        await using var late = await TestService.StartAsync(database, Impatient);
        await ReasonAsync(late, "read-only");
        Assert.Equal(["i"], await late.Storefront.RecommendAsync("nobody"));

        await server.PromoteAsync();
        await IsReadyAgainAsync(late);
    }

    [Theory]
    [InlineData("ALTER DATABASE {0} SET default_transaction_read_only = on", "ALTER DATABASE {0} RESET default_transaction_read_only", "read-only")]
    [InlineData("ALTER ROLE {1} CONNECTION LIMIT 0", "ALTER ROLE {1} CONNECTION LIMIT -1", "too many connections")]
    [InlineData("ALTER ROLE {1} NOLOGIN", "ALTER ROLE {1} LOGIN", "not permitted to log in")]
    public async Task PostgresRefusesTheSession_IsDegradedWithTheReasonUntilItIsMended(string breakIt, string mendIt, string reason)
    {
        var server = await SharedPostgres.GetAsync();
        await using var role = await TestRole.CreateAsync(server);
        await using var database = await OwnedByAsync(server, role);
        await using var service = await StartAsync(database);

        await server.ExecuteAsync(Fill(breakIt));
        await server.EndSessionsAsync(database.ConnectionString);
        await ReasonAsync(service, reason);
        await RefusesAsync(service, database: null);

        await server.ExecuteAsync(Fill(mendIt));
        await server.EndSessionsAsync(database.ConnectionString);
        await IsReadyAgainAsync(service);

        string Fill(string sql) => string.Format(null, sql, new NpgsqlConnectionStringBuilder(database.ConnectionString).Database, role.Name);
    }

    [Theory]
    [InlineData("interactions", "INSERT")]
    [InlineData("ratings", "UPDATE")]
    [InlineData("users", "INSERT")]
    [InlineData("items", "UPDATE")]
    public async Task PostgresRightLost_IsDegradedWithTheReasonUntilItIsGiven(string table, string right)
    {
        var server = await SharedPostgres.GetAsync();
        await using var role = await TestRole.CreateAsync(server);
        await using var database = await OwnedByAsync(server, role);
        await using var service = await StartAsync(database);

        await database.ExecuteAsync($"REVOKE {right} ON {table} FROM {role.Name}");
        await ReasonAsync(service, $"permission denied for table {table}");
        if (table == "interactions")
            await RefusesAsync(service, database);

        await database.ExecuteAsync($"GRANT {right} ON {table} TO {role.Name}");
        await IsReadyAgainAsync(service);
    }

    [Fact]
    public async Task PostgresTableLocked_IsDegradedWithTheReasonUntilItIsFree()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres);
        await using var service = await StartAsync(database);
        await using (var other = await database.OpenAsync())
        {
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN; LOCK TABLE interactions IN SHARE MODE";
            await hold.ExecuteNonQueryAsync();
            await ReasonAsync(service, "not answer");
        }

        await IsReadyAgainAsync(service);
    }

    [Fact]
    public async Task PostgresDiskFull_IsDegradedWithTheReasonUntilThereIsRoom()
    {
        await using var server = await SharedPostgres.StartOwnAsync();
        Assert.SkipUnless(server.IsPrivate, "The server's disk must be the test's own.");
        await using var disk = await SmallDisk.MountAsync("24m", "postgres");
        await server.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.Path}'");
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Postgres, server);
        await server.ExecuteAsync($"ALTER DATABASE {new NpgsqlConnectionStringBuilder(database.ConnectionString).Database} SET TABLESPACE small");
        await using var service = await StartAsync(database);

        var status = HttpStatusCode.OK;
        for (var batch = 0; status == HttpStatusCode.OK; batch++)
        {
            using var response = await service.Storefront.PostAsJsonAsync(
                "/interactions", Enumerable.Range(0, 500).Select(n => new { id = $"{batch}-{n}-{new string('x', 200)}", userId = "u", itemId = "i", kind = "view" }));
            status = response.StatusCode;
            Assert.True(batch < 1000, "The disk does not fill.");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        await ReasonAsync(service, "full");
        Assert.Equal(["i"], await service.Storefront.RecommendAsync("nobody"));

        await disk.EnlargeAsync("96m");
        await IsReadyAgainAsync(service);
    }

    [Fact]
    public async Task SqliteLockedByAnother_IsDegradedWithTheReasonUntilItIsFree()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        await using (var other = await database.OpenAsync())
        {
            await using var hold = other.CreateCommand();
            hold.CommandText = "BEGIN IMMEDIATE";
            await hold.ExecuteNonQueryAsync();
            await ReasonAsync(service, "locked");
        }

        await IsReadyAgainAsync(service);
    }

    [Fact]
    public async Task SqliteFileReplaced_NothingVanishesIntoTheOldOneAndPuttingItBackMends()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        var file = database.ConnectionString["Data Source=".Length..];
        await using (var copy = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file}.copy;Pooling=false"))
        {
            await copy.OpenAsync();
            await using var fill = copy.CreateCommand();
            fill.CommandText = "CREATE TABLE other (x)";
            await fill.ExecuteNonQueryAsync();
        }

        File.Move(file, file + ".original");
        File.Move(file + ".copy", file);
        // At once, before any look in the background.
        await RefusesAsync(service, database: null);
        await ReasonAsync(service, "replaced");

        File.Move(file + ".original", file, overwrite: true);
        await IsReadyAgainAsync(service);
        Assert.Equal(2, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    [Fact]
    public async Task SqliteFileDeleted_WritesAreRefusedAndNoEmptyOneTakesItsPlace()
    {
        await using var database = await TestDatabase.CreateAsync(StorageProvider.Sqlite);
        await using var service = await StartAsync(database);
        var file = database.ConnectionString["Data Source=".Length..];

        File.Delete(file);
        await RefusesAsync(service, database: null);
        await ReasonAsync(service, "deleted");

        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task SchemaOfANewerBuild_ServesListsRefusesWritesAndSaysSo(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (await StartAsync(database))
        {
            // An interaction is stored.
        }

        await database.ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('20991231000000_Future', '99')""");
        await using var older = await TestService.StartAsync(database, Impatient);

        await ReasonAsync(older, "20991231000000_Future");
        await RefusesAsync(older, database);
    }

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task EmptyCatalogue_IsAReasonAndNoFault(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using var service = await TestService.StartAsync(database);
        var empty = await service.Admin.GetJsonAsync("/admin/status");
        Assert.Equal("ready", empty.GetProperty("status").GetString());
        Assert.Contains("catalogue is empty", empty.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("""{"status":"ready"}""", (await service.Anonymous.GetJsonAsync("/health/ready")).ToString());

        await service.Storefront.PostInteractionsAsync(new { userId = "u", itemId = "i", kind = "view" });

        Assert.Equal(0, (await service.Admin.GetJsonAsync("/admin/status")).GetProperty("reasons").GetArrayLength());
    }

    private static async Task<TestService> StartAsync(TestDatabase database)
    {
        var service = await TestService.StartAsync(database, Impatient);
        await service.Admin.SendUntilTakenAsync(HttpMethod.Put, "/items/i", new { title = "An item" }, HttpStatusCode.Created);
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "first", userId = "u", itemId = "i", kind = "view" } });
        return service;
    }

    /// <summary>A database in which the role may do everything, as its owner.</summary>
    private static async Task<TestDatabase> OwnedByAsync(PostgresServer server, TestRole role)
    {
        var connection = await server.CreateDatabaseAsync();
        await server.ExecuteAsync($"ALTER DATABASE {new NpgsqlConnectionStringBuilder(connection).Database} OWNER TO {role.Name}");
        return TestDatabase.At(StorageProvider.Postgres, role.In(connection), () => new ValueTask(server.DropDatabaseAsync(connection)));
    }

    /// <summary>Both say that the service is degraded; operators read why.</summary>
    private static async Task ReasonAsync(TestService service, string reason)
    {
        JsonElement status = default;
        await Wait.UntilAsync(async () =>
        {
            status = await service.Admin.GetJsonAsync("/admin/status");
            return status.GetProperty("status").GetString() == "degraded" && status.GetProperty("reasons")[0].GetString()!.Contains(reason, StringComparison.Ordinal);
        }, $"the reason is '{reason}'");
        var ready = await service.Anonymous.GetJsonAsync("/health/ready");
        Assert.Equal("degraded", ready.GetProperty("status").GetString());
        Assert.Contains("writes get 503", ready.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(TestService service, TestDatabase? database)
    {
        using var response = await service.Storefront.PostAsJsonAsync("/interactions", new[] { new { userId = "u", itemId = "i", kind = "view" } });
        await response.ReadJsonAsync(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(["i"], await service.Storefront.RecommendAsync("nobody"));
        if (database is not null)
            Assert.Equal(1, await database.CountAsync("SELECT count(*) FROM interactions"));
    }

    private static async Task IsReadyAgainAsync(TestService service)
    {
        await Wait.UntilAsync(async () => (await service.Anonymous.GetJsonAsync("/health/ready")).GetProperty("status").GetString() == "ready", "the service is ready again");
        await service.Storefront.SendUntilTakenAsync(HttpMethod.Post, "/interactions", new[] { new { id = "again", userId = "u", itemId = "i", kind = "view" } });
    }
}
