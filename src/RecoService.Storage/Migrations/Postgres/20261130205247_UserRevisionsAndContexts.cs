using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class UserRevisionsAndContexts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "change",
                table: "users",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "revision",
                table: "users",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "context_json",
                table: "impressions",
                type: "text",
                nullable: true);

            // Users who are known from interactions alone have no record that a replica would read.
            migrationBuilder.Sql("CREATE INDEX users_change ON users (change, key) WHERE change > 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP INDEX users_change");

            migrationBuilder.DropColumn(
                name: "change",
                table: "users");

            migrationBuilder.DropColumn(
                name: "revision",
                table: "users");

            migrationBuilder.DropColumn(
                name: "context_json",
                table: "impressions");
        }
    }
}
