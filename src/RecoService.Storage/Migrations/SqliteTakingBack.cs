using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RecoService.Storage.Sqlite;

namespace RecoService.Storage.Migrations;

/// <summary>Interactions and ratings can be taken back. No column has to be written for the rows that are there.</summary>
[DbContext(typeof(SqliteRecoDbContext))]
[Migration("20261129000000_TakingBack")]
internal sealed class SqliteTakingBack : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE rewrites (
            user_key INTEGER PRIMARY KEY,
            rewritten_at INTEGER NOT NULL,
            change INTEGER NOT NULL);
        CREATE INDEX rewrites_change ON rewrites (change);

        CREATE INDEX interactions_order ON interactions (order_id) WHERE order_id IS NOT NULL;
        ALTER TABLE ratings ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE items ADD COLUMN consumes_for_days REAL;
        """);
}
