using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class LiveConfiguration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "configuration",
                columns: table => new
                {
                    revision = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    section = table.Column<string>(type: "text", nullable: false),
                    definition = table.Column<string>(type: "text", nullable: true),
                    changed_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_configuration", x => x.revision);
                });

            // Whoever changes settings locks this row.
            migrationBuilder.Sql("INSERT INTO leases (name) VALUES ('configuration')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM leases WHERE name = 'configuration'");

            migrationBuilder.DropTable(
                name: "configuration");
        }
    }
}
