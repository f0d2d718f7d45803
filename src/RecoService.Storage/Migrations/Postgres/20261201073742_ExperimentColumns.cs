using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
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
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "item_variants_json",
                table: "impressions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "propensities_json",
                table: "impressions",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "shadow_item_ids_json",
                table: "impressions",
                type: "text",
                nullable: true);

            // What is not drawn is in neither, so that nothing grows where nothing explores.
            migrationBuilder.Sql(
                """
                CREATE TABLE exploration_trials (
                    day int NOT NULL,
                    placement text COLLATE "C" NOT NULL,
                    item_id text COLLATE "C" NOT NULL,
                    shown bigint NOT NULL,
                    PRIMARY KEY (day, placement, item_id));
                ALTER TABLE attributions ADD COLUMN drawn boolean NOT NULL DEFAULT false;
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
