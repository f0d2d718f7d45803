using System.Text.Json;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Wire;
using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Importing.Dumps;

/// <summary>
/// The events of Metarank, a record each: <c>item</c> and <c>user</c> with their fields, and <c>interaction</c> with its type. What was shown (<c>ranking</c>) is passed over. Of several
/// events of one item or user the last one in the file counts.
/// </summary>
internal sealed class MetarankDump(WireValidators validators, InteractionKinds kinds)
{
    private const string File = "events";

    public ServiceDump ToDump() => new("metarank", "Metarank: one file of item, user and interaction events",
        [DumpFile.OfItems(ReadItem, File), DumpFile.OfUsers(ReadUser, File), DumpFile.OfInteractions(ReadInteraction, File)]);

    private RowOutcome ReadItem(JsonElement record, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        row = null!;
        return IsOf(record, "item", problems) ? DumpRecords.ItemOf(record.Member("item").AsText(), FieldsOf(record), validators, problems, out row) : RowOutcome.Dropped;
    }

    private RowOutcome ReadUser(JsonElement record, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        row = null!;
        return IsOf(record, "user", problems) ? DumpRecords.UserOf(record.Member("user").AsText(), FieldsOf(record), validators, problems, out row) : RowOutcome.Dropped;
    }

    private RowOutcome ReadInteraction(JsonElement record, ICollection<FieldProblem> problems, out NewInteraction row)
    {
        row = null!;
        if (!IsOf(record, "interaction", problems))
            return RowOutcome.Dropped;
        var fields = new FieldScope("", problems);
        // A visitor without a user id is known by the session.
        var (session, type) = (record.Member("session").AsText(), record.Member("type").AsText());
        if (type is null)
            fields.Add("type", "is missing");
        row = validators.Interactions.Validate(
            new InteractionRequest
            {
                Id = record.Member("id").AsText(),
                UserId = record.Member("user").AsText() ?? session,
                ItemId = record.Member("item").AsText(),
                Kind = DumpRecords.KindOf(type ?? "view", kinds),
                OccurredAt = record.Member("timestamp").AsTime(fields, "timestamp"),
                SessionId = session,
                Attributes = FieldsOf(record).ToDictionary(field => field.Name, field => field.Value) is { Count: > 0 } more ? JsonSerializer.SerializeToElement(more) : null,
            },
            fieldPrefix: "", problems)!;
        return RowOutcome.Valid;
    }

    private static bool IsOf(JsonElement record, string kind, ICollection<FieldProblem> problems)
    {
        if (record.Member("event").AsText() is { } found)
            return found == kind;
        problems.Add(new FieldProblem("event", "is missing; it is item, user, interaction or ranking"));
        return false;
    }

    private static IEnumerable<(string Name, JsonElement Value)> FieldsOf(JsonElement record)
    {
        if (record.Member("fields") is not { ValueKind: JsonValueKind.Array } fields)
            yield break;
        foreach (var field in fields.EnumerateArray().Where(field => field.ValueKind == JsonValueKind.Object).DistinctBy(field => field.Member("name").AsText()))
        {
            if (field.Member("name").AsText() is { } name && field.TryGetProperty("value", out var value))
                yield return (name, value);
        }
    }
}
