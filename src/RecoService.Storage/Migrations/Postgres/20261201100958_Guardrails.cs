using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Guardrails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "fallback_items",
                table: "impressions",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "made_in",
                table: "impressions",
                type: "integer",
                nullable: true);

            // A user's rows of before say 0: such lists were not timed, and what filled them is not known.
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers ADD COLUMN empty_lists bigint NOT NULL DEFAULT 0");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers ADD COLUMN fallback_items bigint NOT NULL DEFAULT 0");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers ADD COLUMN timed_lists bigint NOT NULL DEFAULT 0");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers ADD COLUMN made_in bigint NOT NULL DEFAULT 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers DROP COLUMN made_in");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers DROP COLUMN timed_lists");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers DROP COLUMN fallback_items");
            migrationBuilder.Sql("ALTER TABLE recommendation_viewers DROP COLUMN empty_lists");

            migrationBuilder.DropColumn(
                name: "fallback_items",
                table: "impressions");

            migrationBuilder.DropColumn(
                name: "made_in",
                table: "impressions");
        }
    }
}
