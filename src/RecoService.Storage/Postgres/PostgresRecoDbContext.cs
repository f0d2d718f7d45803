using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Postgres;

internal sealed class PostgresRecoDbContext(DbContextOptions<PostgresRecoDbContext> options) : RecoDbContext(options)
{
    /// <summary>The number of the transaction under way, once it was asked for. Contexts are used again, so whoever begins a transaction clears it.</summary>
    public long? TransactionNumber { get; set; }

    /// <summary>The life of the server in which the transaction began.</summary>
    public long Incarnation { get; set; }
}
