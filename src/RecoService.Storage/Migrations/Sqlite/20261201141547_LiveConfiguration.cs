using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Sqlite
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
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    section = table.Column<string>(type: "TEXT", nullable: false),
                    definition = table.Column<string>(type: "TEXT", nullable: true),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false)
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
