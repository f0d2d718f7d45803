using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ExperimentColumns : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "assignment_id",
                table: "users",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "item_variants_json",
                table: "impressions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "propensities_json",
                table: "impressions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "shadow_item_ids_json",
                table: "impressions",
                type: "TEXT",
                nullable: true);

            // What is not drawn is in neither, so that nothing grows where nothing explores.
            migrationBuilder.Sql(
                """
                CREATE TABLE exploration_trials (
                    day INTEGER NOT NULL,
                    placement TEXT NOT NULL,
                    item_id TEXT NOT NULL,
                    shown INTEGER NOT NULL,
                    PRIMARY KEY (day, placement, item_id));
                ALTER TABLE attributions ADD COLUMN drawn INTEGER NOT NULL DEFAULT 0;
                CREATE INDEX attributions_drawn ON attributions (day) WHERE drawn;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX attributions_drawn; ALTER TABLE attributions DROP COLUMN drawn; DROP TABLE exploration_trials;");

            migrationBuilder.DropColumn(
                name: "assignment_id",
                table: "users");

            migrationBuilder.DropColumn(
                name: "item_variants_json",
                table: "impressions");

            migrationBuilder.DropColumn(
                name: "propensities_json",
                table: "impressions");

            migrationBuilder.DropColumn(
                name: "shadow_item_ids_json",
                table: "impressions");
        }
    }
}
