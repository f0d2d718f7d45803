using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage.Sqlite;

internal sealed class SqliteRecoDbContext(DbContextOptions<SqliteRecoDbContext> options) : RecoDbContext(options);
