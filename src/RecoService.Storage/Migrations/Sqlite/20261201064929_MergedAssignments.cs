using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace RecoService.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class MergedAssignments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "assignment_id",
                table: "users",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "assignment_id",
                table: "users");
        }
    }
}
