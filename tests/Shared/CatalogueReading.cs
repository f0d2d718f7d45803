using System.Globalization;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Tests.Shared;

/// <summary>All that the columns of a catalogue say, as text, so that two catalogues can be compared whatever their indexes and codes are.</summary>
public static class CatalogueReading
{
    /// <summary>A line per item, by its id, and then a line per column that has values.</summary>
    public static IReadOnlyList<string> Of(ServingState state) =>
    [
        .. Enumerable.Range(0, state.Items.Count).Select(item => $"{state.Items[item]}: {ItemOf(state.Catalogue.Columns, item)}").Order(StringComparer.Ordinal),
        .. ColumnsOf(state.Catalogue.Columns),
    ];

    public static string ItemOf(CatalogueColumns columns, int item)
    {
        List<string> parts =
        [
            columns.IsDeleted(item) ? "deleted" : columns.IsListed(item) ? "listed" : "unlisted", columns.IsServable(item) ? "servable" : "not servable",
            string.Create(CultureInfo.InvariantCulture, $"revision {columns.RevisionOf(item)}"),
        ];
        parts.AddRange(columns.Fields.Concat(columns.Attributes).Select(column => (column, ValueOf(column, item))).Where(cell => cell.Item2 is not null)
            .Select(cell => $"{cell.column.Name} ({cell.column.Type}) {cell.Item2}"));
        return string.Join(", ", parts);
    }

    public static IEnumerable<string> ColumnsOf(CatalogueColumns columns) => columns.Fields.Where(column => column.ItemCount > 0).Concat(columns.Attributes)
        .Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Name} ({column.Type}): {column.ItemCount} items, {column.DistinctCount} distinct"));

    public static string? ValueOf(CatalogueColumn column, int item) => column switch
    {
        NumberColumn numbers => double.IsNaN(numbers[item]) ? null : numbers[item].ToString("R", CultureInfo.InvariantCulture),
        TextColumn texts => texts.TextOf(item),
        DisplayColumn texts => texts.TextOf(item),
        ListColumn lists => lists[item] is { IsEmpty: false } codes ? $"[{string.Join(" | ", codes.ToArray().Select(code => lists.Texts[code]))}]" : null,
        FlagColumn flags => flags[item]?.ToString(),
        TimeColumn times => times[item]?.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"{column.Name} is a column of no known type.", nameof(column)),
    };
}
