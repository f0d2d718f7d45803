using System.Data.Common;
using RecoService.Api.Tests.Service;
using RecoService.Storage;

namespace RecoService.Api.Tests.Faults;

/// <summary>kill -9 during an import.</summary>
public sealed class ImportKillTests
{
    private const int Lines = 200_000;

    [Theory]
    [InlineData(StorageProvider.Sqlite)]
    [InlineData(StorageProvider.Postgres)]
    public async Task Import_Killed_StoresNothingAndTheNextOneStoresTheFile(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);
        await using (await TestService.StartAsync(database))
        {
            // The schema is there before the first import.
        }

        await using var file = await ImportFile.CreateAsync(Lines);
        foreach (var isAtWork in Moments(database))
        {
            await using (var import = ServiceProcess.Start(file.Words(database)))
            {
                await using var watch = await database.OpenAsync();
                while (!import.HasExited && !await isAtWork(watch))
                    await Task.Yield();
                await import.KillAsync();
            }

            Assert.Contains(await database.CountAsync("SELECT count(*) FROM interactions"), new long[] { 0, Lines });
            Assert.Equal(
                await database.CountAsync("SELECT count(*) FROM interactions") == 0 ? 0 : ImportFile.Users,
                await database.CountAsync("SELECT count(*) FROM users"));
        }

        // What a dead import left is no obstacle.
        await using (var import = ServiceProcess.Start(file.Words(database)))
        {
            await import.WaitForExitAsync();
            Assert.True(import.ExitCode == 0, import.Output);
        }

        Assert.Equal((Lines, ImportFile.Users, ImportFile.Items), (
            await database.CountAsync("SELECT count(*) FROM interactions"), await database.CountAsync("SELECT count(*) FROM users"),
            await database.CountAsync("SELECT count(*) FROM items")));
        Assert.Equal(ImportFile.SumOfQuantities(Lines), await database.CountAsync("SELECT CAST(sum(quantity) AS bigint) FROM interactions"));
        if (database.Provider == StorageProvider.Sqlite)
            Assert.Empty(StageFiles(database));
    }

    /// <summary>When to kill: early and late in the staging, and in the merge.</summary>
    private static IEnumerable<Func<DbConnection, Task<bool>>> Moments(TestDatabase database) => database.Provider == StorageProvider.Sqlite
        ?
        [
            _ => Task.FromResult(StageFiles(database).Any()),
            _ => Task.FromResult(StageFiles(database).Any(path => new FileInfo(path) is { Exists: true, Length: > 8_000_000 })),
            // What the merge writes goes to the write-ahead log long before it is committed.
            _ => Task.FromResult(new FileInfo(FileOf(database) + "-wal") is { Exists: true, Length: > 1_000_000 }),
        ]
        :
        [
            watch => IsRunningAsync(watch, "COPY import_rows%", TimeSpan.Zero),
            watch => IsRunningAsync(watch, "COPY import_rows%", TimeSpan.FromMilliseconds(200)),
            watch => IsRunningAsync(watch, "%INSERT INTO interactions%", TimeSpan.FromMilliseconds(50)),
        ];

    private static async Task<bool> IsRunningAsync(DbConnection watch, string statement, TimeSpan since)
    {
        await using var command = watch.CreateCommand();
        command.CommandText = $"""
            SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
            AND query LIKE '{statement}' AND clock_timestamp() - query_start > interval '{since.TotalMilliseconds} milliseconds'
            """;
        return Convert.ToInt64(await command.ExecuteScalarAsync()) > 0;
    }

    private static IEnumerable<string> StageFiles(TestDatabase database) =>
        Directory.EnumerateFiles(Path.GetDirectoryName(FileOf(database))!, "*-import-*").Where(path => !path.EndsWith(".lock", StringComparison.Ordinal));

    private static string FileOf(TestDatabase database) => database.ConnectionString["Data Source=".Length..];

    /// <summary>A generated file of interactions.</summary>
    private sealed class ImportFile(string path) : IAsyncDisposable
    {
        public const int Users = 5_000;
        public const int Items = 400;

        public static async Task<ImportFile> CreateAsync(int lines)
        {
            var path = Path.Combine(Path.GetTempPath(), $"reco-kill-{Guid.NewGuid():N}.csv");
            await using var writer = new StreamWriter(path);
            await writer.WriteLineAsync("userId,itemId,kind,occurredAt,quantity");
            for (var line = 0; line < lines; line++)
                await writer.WriteLineAsync($"user-{line % Users},item-{line * 7 % Items},purchase,{1_700_000_000 + line},{1 + (line % 9)}");
            return new ImportFile(path);
        }

        public static long SumOfQuantities(int lines) => Enumerable.Range(0, lines).Sum(line => 1L + (line % 9));

        public string[] Words(TestDatabase database) => ["import", "interactions", path, .. ServiceProcess.ServeWords(database)];

        public ValueTask DisposeAsync()
        {
            File.Delete(path);
            return ValueTask.CompletedTask;
        }
    }
}
