using Microsoft.Data.Sqlite;

namespace RecoService.Storage.Sqlite;

/// <summary>A database file beside the store that holds one import's rows until they are merged. A lock file beside it says that its process lives.</summary>
internal sealed class StageFile : IDisposable
{
    private const string Infix = "-import-";
    private const string LockSuffix = ".lock";

    private readonly FileStream alive;

    public StageFile(string storeFile)
    {
        Path = storeFile + Infix + Guid.NewGuid().ToString("N");
        alive = new FileStream(Path + LockSuffix, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
    }

    public string Path { get; }

    /// <summary>Nothing in the file outlives the process, so it needs neither a journal nor the disk's word.</summary>
    public SqliteConnection Open(string createTables)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; " + createTables;
        command.ExecuteNonQuery();
        return connection;
    }

    public void Dispose()
    {
        File.Delete(Path);
        alive.Dispose();
    }

    /// <summary>Deletes the files that a killed process left.</summary>
    public static void DeleteAbandoned(string storeFile)
    {
        var folder = System.IO.Path.GetDirectoryName(storeFile)!;
        foreach (var path in Directory.EnumerateFiles(folder, System.IO.Path.GetFileName(storeFile) + Infix + "*"))
        {
            var stage = path.EndsWith(LockSuffix, StringComparison.Ordinal) ? path[..^LockSuffix.Length] : path;
            try
            {
                using var dead = new FileStream(stage + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
                File.Delete(stage);
            }
            catch (IOException)
            {
                // Its import is alive.
            }
        }
    }
}
