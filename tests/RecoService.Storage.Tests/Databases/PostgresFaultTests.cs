using Microsoft.EntityFrameworkCore;
using Npgsql;
using RecoService.Storage.Postgres;

namespace RecoService.Storage.Tests.Databases;

/// <summary>Which failures of the driver are the database's, so that a request answers 503 and may be sent again.</summary>
public sealed class PostgresFaultTests
{
    public static TheoryData<Exception, bool> Failures() => new()
    {
        { new NpgsqlException("Exception while reading from stream", new EndOfStreamException()), true },
        { new TimeoutException(), true },
        // Seen when a server is killed: the connection breaks while a command begins on it.
        { new ObjectDisposedException("System.Threading.ManualResetEventSlim"), true },
        { new InvalidOperationException("An exception has been raised", new ObjectDisposedException("NpgsqlConnector")), true },
        { new DbUpdateException("", new NpgsqlException()), true },
        { new PostgresException("terminating connection", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown), true },
        { new PostgresException("too many connections", "FATAL", "FATAL", PostgresErrorCodes.TooManyConnections), true },
        { new PostgresException("syntax error", "ERROR", "ERROR", PostgresErrorCodes.SyntaxError), false },
        { new InvalidOperationException("a bug"), false },
        { new ArgumentException("a bug"), false },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public async Task IsUnavailable_FailureOfTheDriver_IsTheDatabases(Exception failure, bool isUnavailable)
    {
        await using var provider = new PostgresProvider(
            new StorageSettings { Provider = StorageProvider.Postgres, ConnectionString = "Host=localhost;Database=none", WriteTimeout = TimeSpan.FromSeconds(1) }, Storage.Columns.InteractionColumns.Default, TimeProvider.System);

        Assert.Equal(isUnavailable, provider.IsUnavailable(failure));
        if (isUnavailable)
            Assert.EndsWith(".", provider.ReasonOf(failure), StringComparison.Ordinal);
    }
}
