using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Erasures : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erasures",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_at = table.Column<long>(type: "bigint", nullable: false),
                    settles_at = table.Column<long>(type: "bigint", nullable: false),
                    retrain_due_at = table.Column<long>(type: "bigint", nullable: false),
                    user_id = table.Column<string>(type: "text", nullable: true),
                    user_key = table.Column<int>(type: "integer", nullable: true),
                    first_seen_at = table.Column<long>(type: "bigint", nullable: false),
                    change = table.Column<long>(type: "bigint", nullable: false),
                    deleted_json = table.Column<string>(type: "text", nullable: false),
                    model_versions_json = table.Column<string>(type: "text", nullable: false),
                    settled_at = table.Column<long>(type: "bigint", nullable: true),
                    retrain_asked_at = table.Column<long>(type: "bigint", nullable: true),
                    closed_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_erasures", x => x.id);
                });

            // The receipts that somebody still looks after are few.
            migrationBuilder.Sql("CREATE INDEX erasures_open ON erasures (retrain_due_at) WHERE closed_at IS NULL");
            // An erased visitor is looked up among the users who were merged with one.
            migrationBuilder.Sql("CREATE INDEX users_assignment ON users (assignment_id) WHERE assignment_id IS NOT NULL");
            // Whoever sweeps late arrivals locks this row.
            migrationBuilder.Sql("INSERT INTO leases (name) VALUES ('erasures')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM leases WHERE name = 'erasures'");
            migrationBuilder.Sql("DROP INDEX users_assignment");
            migrationBuilder.DropTable(
                name: "erasures");
        }
    }
}
