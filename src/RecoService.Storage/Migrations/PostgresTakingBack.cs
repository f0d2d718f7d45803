using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RecoService.Storage.Postgres;

namespace RecoService.Storage.Migrations;

/// <summary>Interactions and ratings can be taken back. No column has to be written for the rows that are there.</summary>
[DbContext(typeof(PostgresRecoDbContext))]
[Migration("20261129000000_TakingBack")]
internal sealed class PostgresTakingBack : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE rewrites (
            user_key int PRIMARY KEY,
            rewritten_at bigint NOT NULL,
            change bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint));
        CREATE INDEX rewrites_change ON rewrites (change, user_key);

        CREATE INDEX interactions_order ON interactions (order_id) WHERE order_id IS NOT NULL;
        ALTER TABLE ratings ADD COLUMN deleted boolean NOT NULL DEFAULT false;
        ALTER TABLE items ADD COLUMN consumes_for_days double precision;
        """);
}
