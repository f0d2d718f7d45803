using System.Text.Json;
using RecoService.Api.Importing.Dumps;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Gorse;

/// <summary>The dumps of Gorse: users, items and feedback, a record on each line, as its clients write them. Feedback gets the ids that the calls give it, so both may be mixed.</summary>
internal sealed class GorseDump(GorseFeedbackTypes types, WireValidators validators)
{
    private const ItemFields Fields = ItemFields.Title | ItemFields.Description | ItemFields.Categories | ItemFields.Hidden | ItemFields.AddedAt | ItemFields.Attributes;

    public ServiceDump ToDump() => new("gorse", "Gorse: users, items and feedback as its dumps have them, JSON Lines",
        [DumpFile.OfUsers(ReadUser, "users", "user"), DumpFile.OfItems(ReadItem, "items", "item"), DumpFile.OfInteractions(ReadFeedback, "feedback", "feedbacks")]);

    private RowOutcome ReadUser(JsonElement record, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        var user = GorseWire.Read<GorseUser>(record);
        new FieldScope("", problems).CheckId("UserId", user.UserId, validators.Limits);
        validators.Users.TryValidate(new UserRequest { Attributes = GorseLabels.ToAttributes(user.Labels, user.Comment) }, fieldPrefix: "", problems, out var attributes);
        row = new ImportedUser(user.UserId!, attributes);
        return RowOutcome.Valid;
    }

    private RowOutcome ReadItem(JsonElement record, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        var item = GorseWire.Read<GorseItemRequest>(record);
        new FieldScope("", problems).CheckId("ItemId", item.ItemId, validators.Limits);
        row = GorseItems.Validate(item, validators, "", problems) is { } valid && problems.Count == 0 ? new ImportedItem(item.ItemId!, valid, Fields, FilledIn(valid)) : null!;
        return RowOutcome.Valid;
    }

    private RowOutcome ReadFeedback(JsonElement record, ICollection<FieldProblem> problems, out NewInteraction row)
    {
        row = types.ToInteraction(GorseWire.Read<GorseFeedbackRequest>(record), fieldPrefix: "", problems) is { } interaction ? validators.Interactions.Validate(interaction, fieldPrefix: "", problems)! : null!;
        return RowOutcome.Valid;
    }

    private static ItemFields FilledIn(ItemRecord item) =>
        (item.Title is null ? ItemFields.None : ItemFields.Title)
        | (item.Description is null ? ItemFields.None : ItemFields.Description)
        | (item.Categories.Count == 0 ? ItemFields.None : ItemFields.Categories)
        | ItemFields.Hidden
        | (item.AddedAt is null ? ItemFields.None : ItemFields.AddedAt)
        | (item.AttributesJson is null ? ItemFields.None : ItemFields.Attributes);
}
