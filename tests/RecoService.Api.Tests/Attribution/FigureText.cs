using System.Globalization;
using System.Text.Json;

namespace RecoService.Api.Tests.Attribution;

/// <summary>Rows of figures as lines of text, to compare all of them at once.</summary>
internal static class FigureText
{
    public static string Row(string key, long? lists, long? viewers, long impressions, long clicks, long orders, long lines, double units, decimal revenue, long returns, long likes, double? rating) => string.Create(
        CultureInfo.InvariantCulture,
        $"{key}: lists {lists} viewers {viewers} shown {impressions} clicks {clicks} orders {orders} lines {lines} units {units} revenue {revenue:0.00##} returns {returns} likes {likes} rating {rating:0.000000}");

    public static string Rows(JsonElement answer, params string[] by) => string.Join('\n', answer.GetProperty("rows").EnumerateArray()
        .Select(row => Row(
            string.Join(' ', by.Select(name => row.GetProperty(name).ToString())), Whole(row, "lists"), Whole(row, "viewers"), Whole(row, "impressions")!.Value, Whole(row, "clicks")!.Value, Whole(row, "orders")!.Value,
            Whole(row, "orderLines")!.Value, row.GetProperty("units").GetDouble(), row.GetProperty("revenue").GetDecimal(), Whole(row, "returns")!.Value, Whole(row, "likes")!.Value,
            row.GetProperty("meanRating") is { ValueKind: JsonValueKind.Number } mean ? mean.GetDouble() : null))
        .Order(StringComparer.Ordinal));

    private static long? Whole(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : null;
}
