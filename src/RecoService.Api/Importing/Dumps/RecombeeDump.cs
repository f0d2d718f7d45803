using System.Text.Json;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Importing.Dumps;

/// <summary>
/// What Recombee's calls list: items and users with their properties, and interactions in a file for each type, with <c>userId</c> or <c>user_id</c>, <c>itemId</c> or
/// <c>item_id</c>, <c>timestamp</c>, <c>amount</c>, <c>price</c> (of all pieces together) and <c>rating</c> (-1 to 1).
/// </summary>
internal sealed class RecombeeDump(WireValidators validators, InteractionKinds kinds)
{
    private static readonly string[] UserIds = ["userId", "user_id"];
    private static readonly string[] ItemIds = ["itemId", "item_id"];

    public ServiceDump ToDump() => new("recombee", "Recombee: items, users, detailviews, purchases, ratings, cartadditions, bookmarks and viewportions as its calls list them",
    [
        DumpFile.OfItems(ReadItem, "items"),
        DumpFile.OfUsers(ReadUser, "users"),
        DumpFile.OfInteractions(OfKind("view"), "detailviews", "detail_views"),
        DumpFile.OfInteractions(OfKind("view"), "viewportions", "view_portions"),
        DumpFile.OfInteractions(OfKind("add-to-cart"), "cartadditions", "cart_additions"),
        DumpFile.OfInteractions(OfKind("like"), "bookmarks"),
        DumpFile.OfInteractions(OfKind(InteractionKind.Rating), "ratings"),
        DumpFile.OfInteractions(OfKind("purchase"), "purchases"),
    ]);

    private RowOutcome ReadItem(JsonElement record, ICollection<FieldProblem> problems, out ImportedItem row) =>
        DumpRecords.ItemOf(record.Member(ItemIds).AsText(), PropertiesOf(record, ItemIds), validators, problems, out row);

    private RowOutcome ReadUser(JsonElement record, ICollection<FieldProblem> problems, out ImportedUser row) =>
        DumpRecords.UserOf(record.Member(UserIds).AsText(), PropertiesOf(record, UserIds), validators, problems, out row);

    private static IEnumerable<(string Name, JsonElement Value)> PropertiesOf(JsonElement record, string[] ids) =>
        record.EnumerateObject().Where(member => !ids.Contains(member.Name)).Select(member => (member.Name, member.Value));

    private RecordReading<NewInteraction> OfKind(string kind) => (JsonElement record, ICollection<FieldProblem> problems, out NewInteraction row) =>
    {
        var fields = new FieldScope("", problems);
        var (userId, itemId, amount, price) = (record.Member(UserIds).AsText(), record.Member(ItemIds).AsText(), record.Member("amount").AsNumber(fields, "amount"), record.Member("price").AsNumber(fields, "price"));
        var isRating = kind == InteractionKind.Rating;
        row = validators.Interactions.Validate(
            new InteractionRequest
            {
                Id = isRating ? null : DumpRecords.IdOf("recombee", kind, userId, itemId, record.Member("timestamp").AsText()),
                UserId = userId,
                ItemId = itemId,
                Kind = DumpRecords.KindOf(kind, kinds),
                Value = isRating ? RatingOf(record.Member("rating").AsNumber(fields, "rating")) : null,
                OccurredAt = record.Member("timestamp").AsTime(fields, "timestamp"),
                Quantity = amount,
                UnitPrice = price is { } all and >= 0 and < 1e12 ? (decimal)(all / (amount is > 0 and { } pieces ? pieces : 1)) : null,
                Attributes = record.Member("additionalData", "additional_data") is { ValueKind: JsonValueKind.Object } more ? more.Clone() : null,
            },
            fieldPrefix: "", problems)!;
        return RowOutcome.Valid;
    };

    /// <summary>From -1 to 1 onto the scale of the shop.</summary>
    private double? RatingOf(double? rating) => rating is >= -1 and <= 1 and { } value ? kinds.RatingMin + ((value + 1) / 2 * (kinds.RatingMax - kinds.RatingMin)) : rating is null ? null : double.NaN;
}
