namespace RecoService.Storage;

/// <summary>The database is away or full, or a write waited longer than <see cref="StorageSettings.WriteTimeout"/>. Nothing was stored; the same call may be made again.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}
