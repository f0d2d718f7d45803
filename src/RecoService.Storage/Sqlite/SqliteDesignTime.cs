using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace RecoService.Storage.Sqlite;

/// <summary>For <c>dotnet ef migrations add</c>, which compares models and connects to nothing.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteRecoDbContext>
{
    public SqliteRecoDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteRecoDbContext>().UseSqlite("Data Source=reco.db").Options);
}
