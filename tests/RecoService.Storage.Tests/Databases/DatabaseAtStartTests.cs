using Npgsql;

namespace RecoService.Storage.Tests.Databases;

/// <summary>The database as it is found at start.</summary>
public sealed class DatabaseAtStartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Postgres_DatabaseThatIsNotThere_IsCreatedOnlyWhenThatIsWanted()
    {
        await using var store = await TestStore.CreateAsync(StorageProvider.Postgres);
        var missing = new NpgsqlConnectionStringBuilder(store.Settings.ConnectionString) { Database = $"Missing \"shop\" {Guid.NewGuid():N}" }.ToString();
        await using var careful = store.With(store.Settings with { ConnectionString = missing });
        await using var eager = store.With(store.Settings with { ConnectionString = missing, CreateDatabase = true });

        var fault = await Assert.ThrowsAsync<StorageConfigurationException>(() => careful.Database.MigrateAsync(Ct));
        Assert.Contains("Reco:Storage:CreateDatabase=true", fault.Message, StringComparison.Ordinal);
        await Task.WhenAll(eager.Database.MigrateAsync(Ct), eager.Replica().Database.MigrateAsync(Ct));
        Assert.Equal(1, (await eager.AppendAsync(store.Interaction("u", "i"))).Accepted);

        var server = await SharedPostgres.GetAsync();
        await careful.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await server.ExecuteAsync($"DROP DATABASE \"{new NpgsqlConnectionStringBuilder(missing).Database!.Replace("\"", "\"\"", StringComparison.Ordinal)}\" WITH (FORCE)");
    }

    [Fact]
    public async Task Sqlite_FileThatIsNotThere_IsCreatedUnlessThatIsNotWanted()
    {
        await using var store = await TestStore.CreateEmptyAsync(StorageProvider.Sqlite);
        await using var careful = store.With(store.Settings with { CreateDatabase = false });

        var fault = await Assert.ThrowsAsync<StorageConfigurationException>(() => careful.Database.MigrateAsync(Ct));
        Assert.Contains("Reco:Storage:CreateDatabase=true", fault.Message, StringComparison.Ordinal);
        await store.Database.MigrateAsync(Ct);
        await careful.Database.MigrateAsync(Ct);

        Assert.Equal(1, (await careful.AppendAsync(store.Interaction("u", "i"))).Accepted);
    }

    [Fact]
    public async Task Postgres_OtherEncoding_IsRefusedByName()
    {
        var server = await SharedPostgres.GetAsync();
        await using var store = await TestStore.CreateAsync(StorageProvider.Postgres);
        var name = $"latin_{Guid.NewGuid():N}";
        await server.ExecuteAsync($"CREATE DATABASE {name} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        var connection = new NpgsqlConnectionStringBuilder(store.Settings.ConnectionString) { Database = name }.ToString();
        await using var latin = store.At(connection);

        var fault = await Assert.ThrowsAsync<StorageConfigurationException>(() => latin.Database.MigrateAsync(Ct));

        Assert.Contains("LATIN1", fault.Message, StringComparison.Ordinal);
        await server.DropDatabaseAsync(connection);
    }

    /// <summary>A service that may only read and write rows starts once somebody who may has migrated.</summary>
    [Fact]
    public async Task Postgres_UserWithoutTheRightToMakeTables_NeedsTheSchemaToBeThere()
    {
        var server = await SharedPostgres.GetAsync();
        await using var role = await TestRole.CreateAsync(server);
        await using var store = await TestStore.CreateEmptyAsync(StorageProvider.Postgres);
        await using var limited = store.At(role.In(store.Settings.ConnectionString));

        var fault = await Assert.ThrowsAsync<StorageConfigurationException>(() => limited.Database.MigrateAsync(Ct));
        Assert.Contains("GRANT CREATE", fault.Message, StringComparison.Ordinal);
        await store.Database.MigrateAsync(Ct);
        await store.Inner.WriteAsync(context => context.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role.Name}", Ct), Ct);
        await limited.Database.MigrateAsync(Ct);
        await limited.Database.ProbeAsync(Ct);

        Assert.Equal(1, (await limited.AppendAsync(store.Interaction("u", "i"))).Accepted);
        await store.Inner.WriteAsync(context => context.ExecuteAsync($"DROP OWNED BY {role.Name}", Ct), Ct);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Postgres_MoreAtOnceThanTheUserMayConnect_AllAreServedInTurn(int limit)
    {
        var server = await SharedPostgres.GetAsync();
        await using var role = await TestRole.CreateAsync(server);
        await using var store = await TestStore.CreateAsync(StorageProvider.Postgres);
        await store.Inner.WriteAsync(context => context.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role.Name}", Ct), Ct);
        await server.ExecuteAsync($"ALTER ROLE {role.Name} CONNECTION LIMIT {limit}");
        await using (var limited = store.At(role.In(store.Settings.ConnectionString)))
        {
            await limited.Database.MigrateAsync(Ct);

            await Task.WhenAll(Enumerable.Range(0, 24).Select(writer => Task.Run(() => limited.AppendAsync(store.Interaction($"u{writer}", "i")), Ct)));

            Assert.Equal(new StoreCounts(24, 1, 24, 0), await limited.Database.CountAsync(Ct));
        }

        await store.Inner.WriteAsync(context => context.ExecuteAsync($"DROP OWNED BY {role.Name}", Ct), Ct);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Data Source=")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=x.db;Mode=Memory")]
    [InlineData("Data Source=x.db;Colour=blue")]
    [InlineData("Host=localhost;Database=reco")]
    [InlineData("postgres://localhost/reco")]
    public void Sqlite_ConnectionStringThatNamesNoFile_IsRefused(string text) =>
        Assert.StartsWith(
            "Reco:Storage:ConnectionString",
            Assert.Throws<StorageConfigurationException>(() => new StorageSettings { ConnectionString = text }.Check()).Message, StringComparison.Ordinal);
}
