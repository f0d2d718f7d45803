using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Attribution : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "counted",
                table: "impressions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "sources_json",
                table: "impressions",
                type: "TEXT",
                nullable: true);

            // Lists that are not counted yet are few, so the index stays small.
            migrationBuilder.Sql("CREATE INDEX impressions_uncounted ON impressions (recommendation_id) WHERE NOT counted");
            migrationBuilder.Sql(
                """
                CREATE TABLE recommendation_cells (
                    day INTEGER NOT NULL,
                    placement TEXT NOT NULL,
                    source TEXT NOT NULL,
                    model_version INTEGER NOT NULL,
                    variant TEXT NOT NULL,
                    position INTEGER NOT NULL,
                    impressions INTEGER NOT NULL,
                    PRIMARY KEY (day, placement, source, model_version, variant, position));
                CREATE TABLE recommendation_viewers (
                    user_id TEXT NOT NULL,
                    day INTEGER NOT NULL,
                    placement TEXT NOT NULL,
                    model_version INTEGER NOT NULL,
                    variant TEXT NOT NULL,
                    lists INTEGER NOT NULL,
                    impressions INTEGER NOT NULL,
                    PRIMARY KEY (user_id, day, placement, model_version, variant));
                CREATE INDEX recommendation_viewers_day ON recommendation_viewers (day);
                CREATE TABLE attributions (
                    user_id TEXT NOT NULL,
                    role INTEGER NOT NULL,
                    item_id TEXT NOT NULL,
                    occurred_at INTEGER NOT NULL,
                    list_at INTEGER NOT NULL,
                    day INTEGER NOT NULL,
                    placement TEXT NOT NULL,
                    source TEXT NOT NULL,
                    model_version INTEGER NOT NULL,
                    variant TEXT NOT NULL,
                    position INTEGER NOT NULL,
                    recommendation_id TEXT NOT NULL,
                    order_key TEXT NOT NULL,
                    quantity REAL NOT NULL,
                    amount INTEGER NOT NULL,
                    value REAL NOT NULL);
                CREATE INDEX attributions_user ON attributions (user_id, list_at);
                CREATE INDEX attributions_day ON attributions (day);
                CREATE TABLE attribution_due (user_key INTEGER PRIMARY KEY);
                CREATE TABLE inhuman_users (user_id TEXT PRIMARY KEY, interactions_a_day INTEGER NOT NULL);
                CREATE TABLE attribution_state (marker TEXT);
                INSERT INTO attribution_state (marker) VALUES (NULL);
                """);
            // Whoever brings the figures up to date locks this row.
            migrationBuilder.Sql("INSERT INTO leases (name) VALUES ('attribution')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DELETE FROM leases WHERE name = 'attribution'");
            migrationBuilder.Sql("DROP TABLE recommendation_cells; DROP TABLE recommendation_viewers; DROP TABLE attributions; DROP TABLE attribution_due; DROP TABLE inhuman_users; DROP TABLE attribution_state; DROP INDEX impressions_uncounted;");

            migrationBuilder.DropColumn(
                name: "counted",
                table: "impressions");

            migrationBuilder.DropColumn(
                name: "sources_json",
                table: "impressions");
        }
    }
}
