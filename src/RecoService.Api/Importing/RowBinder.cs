using System.Text.Json;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing;

/// <summary>Makes rows of one kind of an import's lines. Thread-safe.</summary>
internal abstract class RowBinder<T>
{
    /// <summary>The wire fields a CSV column can stand for.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>Those without which no row can be valid.</summary>
    public abstract IReadOnlyList<string> RequiredFields { get; }

    /// <summary>The fields that a valid line of NDJSON names, also as null: a bit for each, in their order.</summary>
    protected int GivenIn(ReadOnlySpan<byte> json)
    {
        var given = 0;
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            for (var field = 0; field < Fields.Count; field++)
                given |= reader.ValueTextEquals(Fields[field]) ? 1 << field : 0;
            reader.Skip();
        }

        return given;
    }

    /// <summary>A line of NDJSON; false when there was a fault.</summary>
    public abstract bool TryBind(ReadOnlySpan<byte> json, ICollection<FieldProblem> problems, out T row);

    /// <summary>A row of CSV, whose fields are numbered as <see cref="Fields"/> are; false when there was a fault.</summary>
    public abstract bool TryBind(CsvFields csv, ICollection<FieldProblem> problems, out T row);
}

internal sealed class InteractionBinder(InteractionValidator validator) : RowBinder<NewInteraction>
{
    public override IReadOnlyList<string> Fields { get; } =
        ["id", "userId", "itemId", "kind", "value", "occurredAt", "sessionId", "orderId", "quantity", "unitPrice", "recommendationId"];

    public override IReadOnlyList<string> RequiredFields { get; } = ["userId", "itemId", "kind"];

    public override bool TryBind(ReadOnlySpan<byte> json, ICollection<FieldProblem> problems, out NewInteraction row)
    {
        row = null!;
        return WireJson.Read<InteractionRequest>(json, problems) is { } request && TryValidate(request, problems, out row);
    }

    public override bool TryBind(CsvFields csv, ICollection<FieldProblem> problems, out NewInteraction row) =>
        TryValidate(
            new InteractionRequest
            {
                Id = csv.KeyText(problems) ?? csv.Text(0),
                UserId = csv.Text(1),
                ItemId = csv.Text(2),
                Kind = csv.Text(3),
                Value = csv.Number(4, problems),
                OccurredAt = csv.Time(5, problems),
                SessionId = csv.Text(6),
                OrderId = csv.Text(7),
                Quantity = csv.Number(8, problems),
                UnitPrice = csv.Amount(9, problems),
                RecommendationId = csv.Guid(10, problems),
            },
            problems,
            out row);

    private bool TryValidate(InteractionRequest request, ICollection<FieldProblem> problems, out NewInteraction row)
    {
        row = validator.Validate(request, fieldPrefix: "", problems)!;
        return row is not null && problems.Count == 0;
    }
}

internal sealed class ItemBinder(ItemValidator validator, WireLimits limits) : RowBinder<ImportedItem>
{
    /// <summary>Between the categories of one CSV field.</summary>
    public const char CategorySeparator = '|';

    public override IReadOnlyList<string> Fields { get; } =
    [
        "itemId", "title", "description", "categories", "price", "currency", "available", "hidden", "addedAt", "groupId", "imageUrl", "attributes",
    ];

    public override IReadOnlyList<string> RequiredFields { get; } = ["itemId"];

    public override bool TryBind(ReadOnlySpan<byte> json, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        row = null!;
        return WireJson.Read<ItemLine>(json, problems) is { } line && TryValidate(line, (ItemFields)(GivenIn(json) >> 1), problems, out row);
    }

    public override bool TryBind(CsvFields csv, ICollection<FieldProblem> problems, out ImportedItem row) =>
        TryValidate(
            new ItemLine
            {
                ItemId = csv.Text(0),
                Title = csv.Text(1),
                Description = csv.Text(2),
                Categories = csv.Text(3)?.Split(CategorySeparator),
                Price = csv.Amount(4, problems),
                Currency = csv.Text(5),
                Available = csv.Flag(6, problems),
                Hidden = csv.Flag(7, problems),
                AddedAt = csv.Time(8, problems),
                GroupId = csv.Text(9),
                ImageUrl = csv.Text(10),
                Attributes = csv.Json(11, problems),
            },
            (ItemFields)(csv.Given >> 1),
            problems,
            out row);

    private bool TryValidate(ItemLine line, ItemFields given, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        new FieldScope("", problems).CheckId("itemId", line.ItemId, limits);
        row = new ImportedItem(line.ItemId!, validator.Validate(line, fieldPrefix: "", problems)!, given, given & FilledIn(line));
        return problems.Count == 0;
    }

    private static ItemFields FilledIn(ItemLine line) =>
        (line.Title is null ? ItemFields.None : ItemFields.Title)
        | (line.Description is null ? ItemFields.None : ItemFields.Description)
        | (line.Categories is null or [] ? ItemFields.None : ItemFields.Categories)
        | (line.Price is null ? ItemFields.None : ItemFields.Price)
        | (line.Currency is null ? ItemFields.None : ItemFields.Currency)
        | (line.Available is null ? ItemFields.None : ItemFields.Available)
        | (line.Hidden is null ? ItemFields.None : ItemFields.Hidden)
        | (line.AddedAt is null ? ItemFields.None : ItemFields.AddedAt)
        | (line.GroupId is null ? ItemFields.None : ItemFields.GroupId)
        | (line.ImageUrl is null ? ItemFields.None : ItemFields.ImageUrl)
        | (line.Attributes is null ? ItemFields.None : ItemFields.Attributes);
}

internal sealed class UserBinder(UserValidator validator, WireLimits limits) : RowBinder<ImportedUser>
{
    public override IReadOnlyList<string> Fields { get; } = ["userId", "attributes"];

    public override IReadOnlyList<string> RequiredFields { get; } = ["userId"];

    public override bool TryBind(ReadOnlySpan<byte> json, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        row = null!;
        return WireJson.Read<UserLine>(json, problems) is { } line && TryValidate(line, GivenIn(json), problems, out row);
    }

    public override bool TryBind(CsvFields csv, ICollection<FieldProblem> problems, out ImportedUser row) =>
        TryValidate(new UserLine { UserId = csv.Text(0), Attributes = csv.Json(1, problems) }, csv.Given, problems, out row);

    private bool TryValidate(UserLine line, int given, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        new FieldScope("", problems).CheckId("userId", line.UserId, limits);
        validator.TryValidate(line, fieldPrefix: "", problems, out var attributes);
        row = new ImportedUser(line.UserId!, attributes, (given & 2) != 0);
        return problems.Count == 0;
    }
}
