using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Postgres;

internal sealed class PostgresRecoDbContext(DbContextOptions<PostgresRecoDbContext> options) : RecoDbContext(options);
