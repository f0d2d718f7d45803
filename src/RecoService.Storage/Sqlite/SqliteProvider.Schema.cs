using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace RecoService.Storage.Sqlite;

/// <summary>The file as it is found at start, its schema, and what of all that an operator must mend.</summary>
internal sealed partial class SqliteProvider
{
    /// <summary>A write of a request needs some tens of kilobytes of the log.</summary>
    private const int LeastFreeKiB = 256;

    /// <summary>The transaction has begun as a writer's, so the file may be written and nobody holds it; nothing is written, for every commit would wake the disk.</summary>
    public override Task TryWritesAsync(RecoDbContext context, long now, CancellationToken ct)
    {
        if (new DriveInfo(Path.GetDirectoryName(file)!).AvailableFreeSpace < LeastFreeKiB * 1024)
            throw new StorageUnavailableException($"The disk of the database is full: less than {LeastFreeKiB} KiB is free.");
        return Task.CompletedTask;
    }

    public override async Task MigrateAsync(CancellationToken ct)
    {
        if (!createDatabase && !File.Exists(file))
            throw new StorageConfigurationException($"The database file '{file}' does not exist. Correct Data Source in {StorageConfigurationException.ConnectionStringSetting}, or let the service create it with Reco:Storage:CreateDatabase=true.");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await using var turn = await MigrationTurn.EnterAsync(file + "-migrating", ct);
        StageFile.DeleteAbandoned(file);
        watch?.Dispose();
        watch = FileWatch.Create(connectionString);

        await using var context = CreateContext();
        await context.Database.OpenConnectionAsync(ct);
        if (!await LookAtSchemaAsync(context, ct))
            return;
        // Whoever holds the turn is the only one who migrates, so a row in EF's lock table was left by a process that was killed; EF would wait for it for ever.
        await context.ExecuteAsync("""CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL); DELETE FROM "__EFMigrationsLock" """, ct);
        await context.Database.MigrateAsync(ct);
    }

    public override string? ConfigurationFaultOf(Exception e) => e switch
    {
        SqliteException sqlite => sqlite.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => $"'{file}' is not a database that SQLite can read (file is not a database, or damaged). Restore it, or name another file in {StorageConfigurationException.ConnectionStringSetting}.",
            raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM => Unwritable("the file cannot be opened for writing"),
            _ => null,
        },
        IOException { HResult: NoSpaceLeft } => null,
        IOException or UnauthorizedAccessException => Unwritable(e.Message.TrimEnd('.')),
        _ => null,
    };

    private string Unwritable(string why) =>
        $"The database file '{file}' or its folder cannot be written: {why}. Give the right to the account that runs the service, or name another place in {StorageConfigurationException.ConnectionStringSetting} (Data Source=...).";
}
