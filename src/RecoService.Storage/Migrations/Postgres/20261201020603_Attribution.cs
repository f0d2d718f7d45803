using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
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
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "sources_json",
                table: "impressions",
                type: "text",
                nullable: true);

            // Lists that are not counted yet are few, so the index stays small.
            migrationBuilder.Sql("CREATE INDEX impressions_uncounted ON impressions (recommendation_id) WHERE NOT counted");
            migrationBuilder.Sql(
                """
                CREATE TABLE recommendation_cells (
                    day int NOT NULL,
                    placement text COLLATE "C" NOT NULL,
                    source text COLLATE "C" NOT NULL,
                    model_version int NOT NULL,
                    variant text COLLATE "C" NOT NULL,
                    position int NOT NULL,
                    impressions bigint NOT NULL,
                    PRIMARY KEY (day, placement, source, model_version, variant, position));
                CREATE TABLE recommendation_viewers (
                    user_id text COLLATE "C" NOT NULL,
                    day int NOT NULL,
                    placement text COLLATE "C" NOT NULL,
                    model_version int NOT NULL,
                    variant text COLLATE "C" NOT NULL,
                    lists bigint NOT NULL,
                    impressions bigint NOT NULL,
                    PRIMARY KEY (user_id, day, placement, model_version, variant));
                CREATE INDEX recommendation_viewers_day ON recommendation_viewers (day);
                CREATE TABLE attributions (
                    user_id text COLLATE "C" NOT NULL,
                    role smallint NOT NULL,
                    item_id text COLLATE "C" NOT NULL,
                    occurred_at bigint NOT NULL,
                    list_at bigint NOT NULL,
                    day int NOT NULL,
                    placement text COLLATE "C" NOT NULL,
                    source text COLLATE "C" NOT NULL,
                    model_version int NOT NULL,
                    variant text COLLATE "C" NOT NULL,
                    position int NOT NULL,
                    recommendation_id text COLLATE "C" NOT NULL,
                    order_key text COLLATE "C" NOT NULL,
                    quantity double precision NOT NULL,
                    amount bigint NOT NULL,
                    value double precision NOT NULL);
                CREATE INDEX attributions_user ON attributions (user_id, list_at);
                CREATE INDEX attributions_day ON attributions (day);
                CREATE TABLE attribution_due (user_key int PRIMARY KEY);
                CREATE TABLE inhuman_users (user_id text COLLATE "C" PRIMARY KEY, interactions_a_day bigint NOT NULL);
                CREATE TABLE attribution_state (marker text COLLATE "C");
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
