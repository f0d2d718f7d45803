namespace RecoService.Storage.Sqlite;

/// <summary>The right to migrate, held by an open file: it ends with the process, however that ends.</summary>
internal sealed class MigrationTurn : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);

    private readonly FileStream held;

    private MigrationTurn(FileStream held) => this.held = held;

    public static async Task<MigrationTurn> EnterAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return new MigrationTurn(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(Retry, ct);
            }
        }
    }

    public ValueTask DisposeAsync() => held.DisposeAsync();
}
