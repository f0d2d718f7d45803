using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace RecoService.Storage.Sqlite;

/// <summary>Holds the database file open, and says whether it is still the one that its path names.</summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED: compares the open file with what lies at its path, by one call of the system.</summary>
    private const int HasMovedQuestion = 20;

    private readonly Lock gate = new();
    private readonly SqliteConnection connection;
    private bool isDisposed;

    private FileWatch(SqliteConnection connection) => this.connection = connection;

    public bool HasMoved
    {
        get
        {
            lock (gate)
            {
                var moved = 0;
                return !isDisposed && Control(connection.Handle!.DangerousGetHandle(), "main", HasMovedQuestion, ref moved) == 0 && moved != 0;
            }
        }
    }

    /// <summary>Creates the file where there is none, as one whose readers do not wait for its writer.</summary>
    public static FileWatch Create(string connectionString)
    {
        var settings = new SqliteConnectionStringBuilder(connectionString) { Pooling = false };
        if (settings.Mode == SqliteOpenMode.ReadWrite)
            settings.Mode = SqliteOpenMode.ReadWriteCreate;
        var opened = new SqliteConnection(settings.ToString());
        try
        {
            opened.Open();
            using var command = opened.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL";
            command.ExecuteNonQuery();
            return new FileWatch(opened);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isDisposed = true;
            connection.Dispose();
        }
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static extern int Control(nint database, [MarshalAs(UnmanagedType.LPUTF8Str)] string schema, int operation, ref int answer);
}
