using Microsoft.EntityFrameworkCore;
using RecoService.Storage.Columns;

namespace RecoService.Storage.Tests.Columns;

public abstract class ColumnsContract(StorageProvider provider) : StorageContract(provider)
{
    /// <summary>A column of the descriptor without a migration, or a change of an entity without one, fails here: run <c>dotnet ef migrations add</c>.</summary>
    [Fact]
    public async Task Model_HasAMigrationForEveryChange()
    {
        await using var context = Store.Inner.Provider.CreateContext();

        Assert.False(context.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Tables_HaveTheColumnsOfTheDescriptor()
    {
        var columns = InteractionColumns.Default;

        Assert.Equal(Sorted(columns.OfInteractions + ", seq"), await ColumnsOfAsync("interactions"));
        Assert.Equal(Sorted(columns.OfRatings + ", deleted"), await ColumnsOfAsync("ratings"));
    }

    private static IEnumerable<string> Sorted(string list) => list.Split(", ").Order(StringComparer.Ordinal);

    private Task<IEnumerable<string>> ColumnsOfAsync(string table) => Store.Inner.ReadSnapshotAsync(
        async context =>
        {
            List<string> names = [];
            await using var command = context.Command($"SELECT * FROM {table} WHERE 1 = 0");
            await using var reader = await command.ExecuteReaderAsync(Ct);
            for (var position = 0; position < reader.FieldCount; position++)
                names.Add(reader.GetName(position));
            return names.Order(StringComparer.Ordinal).AsEnumerable();
        },
        Ct);
}

public sealed class SqliteColumnsTests() : ColumnsContract(StorageProvider.Sqlite);

public sealed class PostgresColumnsTests() : ColumnsContract(StorageProvider.Postgres);

public sealed class InteractionColumnsTests
{
    private static readonly InteractionColumns More = new([.. InteractionColumns.Default.Content, ContentColumn.Number("dwell_seconds", row => row.Quantity)]);

    public static TheoryData<string> Texts() =>
    [
        More.OfInteractions, More.OfRatings, More.UpsertRatings, More.ClearInteraction, More.ClearRating, More.Prefixed("s."), More.SetTo("w."), More.DiffersFrom("@"),
        More.SameRating("w"), More.Typed(column => column.SqliteType), More.Typed(column => column.PostgresType),
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Sql_OfAnAddedColumn_NamesIt(string sql) => Assert.Contains("dwell_seconds", sql, StringComparison.Ordinal);

    [Fact]
    public void ClearInteraction_KeepsTheOrder_ByWhichARetryIsKnown()
    {
        Assert.DoesNotContain("order_id", InteractionColumns.Default.ClearInteraction, StringComparison.Ordinal);
        Assert.Contains("value = 0", InteractionColumns.Default.ClearRating, StringComparison.Ordinal);
    }

    /// <summary>Contents that do not use an added column keep the fingerprint they were stored with.</summary>
    [Fact]
    public void Fingerprint_OfAnAddedColumn_CountsOnlyWhereItHasAValue()
    {
        var silent = new NewInteraction { UserId = "u", ItemId = "i", KindIndex = 1 };
        var loud = silent with { Quantity = 2 };

        Assert.Equal(InteractionRow.FingerprintOf(silent, 1, InteractionColumns.Default), InteractionRow.FingerprintOf(silent, 1, More));
        Assert.NotEqual(InteractionRow.FingerprintOf(loud, 1, InteractionColumns.Default), InteractionRow.FingerprintOf(loud, 1, More));
        Assert.NotEqual(InteractionRow.FingerprintOf(loud, 1, More), InteractionRow.FingerprintOf(loud with { Quantity = 3 }, 1, More));
    }

    [Fact]
    public void Values_OfEveryType_AreReadShownAndPutInArrays()
    {
        var list = Guid.Parse("0199aaaa-1111-7222-8333-444455556666");
        ContentColumn[] columns =
        [
            ContentColumn.Number("number", row => row.Value), ContentColumn.Text("text", row => row.SessionId), ContentColumn.Money("money", row => row.UnitPrice),
            ContentColumn.Guid("guid", row => row.RecommendationId), ContentColumn.Text("nothing", row => row.OrderId),
        ];
        var content = new NewInteraction { UserId = "u", ItemId = "i", KindIndex = 1, Value = 0.5, SessionId = "s", UnitPrice = 1.10m, RecommendationId = list };
        var rows = new[] { new InteractionRow(0, "a", 1, 2, 3, 4, 5, content), new InteractionRow(1, "b", 1, 2, 3, 4, 5, new NewInteraction { UserId = "u", ItemId = "i", KindIndex = 1 }) };

        Assert.Equal(["0.5", "s", "1.1", list.ToString("N"), null], columns.Select(column => column.TextOf(content)));
        Assert.Equal([0.5, "s", 1.10m, list, null], columns.Select(column => column.ValueOf(content)));
        Assert.Equal(new double?[] { 0.5, null }, columns[0].ArrayOf(rows));
        Assert.Equal(new string?[] { "s", null }, columns[1].ArrayOf(rows));
        Assert.Equal(new Guid?[] { list, null }, columns[3].ArrayOf(rows));
    }
}
