using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace RecoService.Storage.Postgres;

/// <summary>For <c>dotnet ef migrations add</c>, which compares models and connects to nothing.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresRecoDbContext>
{
    public PostgresRecoDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresRecoDbContext>().UseNpgsql("Host=localhost;Database=reco").Options);
}
