using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class NamedLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE TABLE attribution_waiting (
                    recommendation_id TEXT NOT NULL,
                    user_key INTEGER NOT NULL,
                    received_at INTEGER NOT NULL,
                    PRIMARY KEY (recommendation_id, user_key));
                CREATE INDEX attribution_waiting_user ON attribution_waiting (user_key);
                CREATE INDEX attribution_waiting_time ON attribution_waiting (received_at);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TABLE attribution_waiting");
        }
    }
}
