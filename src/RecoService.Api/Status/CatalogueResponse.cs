using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Status;

/// <summary>What this process keeps of the items and of the users' attributes in memory.</summary>
/// <param name="Items">With a record or without, deleted ones included.</param>
/// <param name="Bytes">All that is kept of them for lists and filters, their ids apart.</param>
/// <param name="Columns">The fields of the records, then the attributes by name.</param>
/// <param name="UserColumns">The attributes of users by name; here <c>items</c> is the number of users that have a value.</param>
internal sealed record CatalogueResponse(int Items, long Bytes, IReadOnlyList<CatalogueColumnResponse> Columns, IReadOnlyList<CatalogueColumnResponse> UserColumns)
{
    public static CatalogueResponse Of(LiveCatalogue catalogue, UserAttributes users) => new(
        catalogue.Count, catalogue.ByteCount,
        [.. catalogue.Columns.Fields.Select(column => ColumnOf(column.Name, column)), .. catalogue.Columns.Attributes.Select(column => ColumnOf($"attributes.{column.Name}", column))],
        [.. users.Columns.Select(column => ColumnOf($"attributes.{column.Name}", column))]);

    private static CatalogueColumnResponse ColumnOf(string name, CatalogueColumn column) =>
        new(name, column.Type.ToString().ToLowerInvariant(), column.DistinctCount, column.ItemCount, column.ByteCount);
}

/// <param name="Name">As in the record; an attribute after <c>attributes.</c>.</param>
/// <param name="Type">number, text, list, flag or time.</param>
/// <param name="DistinctValues">Of texts and lists; null for the others.</param>
/// <param name="Items">Those that have a value.</param>
/// <param name="Bytes">In memory.</param>
internal sealed record CatalogueColumnResponse(string Name, string Type, int? DistinctValues, int Items, long Bytes);
