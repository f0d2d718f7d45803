using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing.Mapping;

/// <summary>Makes rows of one kind of an import's records. Thread-safe.</summary>
internal abstract class RowBinder<T>
{
    /// <summary>The wire fields a column or a path can stand for.</summary>
    public abstract IReadOnlyList<string> Fields { get; }

    /// <summary>Those without which no row can be valid.</summary>
    public abstract IReadOnlyList<string> RequiredFields { get; }

    /// <summary>True: single attributes can be given, as attributes.NAME.</summary>
    public virtual bool HasAttributes => false;

    /// <summary>A row, whose fields are numbered as <see cref="Fields"/> are; false when there was a fault.</summary>
    public abstract bool TryBind(RowFields fields, ICollection<FieldProblem> problems, out T row);
}

internal sealed class InteractionBinder(InteractionValidator validator) : RowBinder<NewInteraction>
{
    public override IReadOnlyList<string> Fields { get; } =
        ["id", "userId", "itemId", "kind", "value", "occurredAt", "sessionId", "orderId", "quantity", "unitPrice", "recommendationId", "attributes"];

    public override IReadOnlyList<string> RequiredFields { get; } = ["userId", "itemId", "kind"];

    public override bool HasAttributes => true;

    public override bool TryBind(RowFields fields, ICollection<FieldProblem> problems, out NewInteraction row)
    {
        var request = new InteractionRequest
        {
            Id = fields.KeyText(problems) ?? fields.Text(0, problems),
            UserId = fields.Text(1, problems),
            ItemId = fields.Text(2, problems),
            Kind = fields.Choice(3, problems),
            Value = fields.Number(4, problems),
            OccurredAt = fields.Time(5, problems),
            SessionId = fields.Text(6, problems),
            OrderId = fields.Text(7, problems),
            Quantity = fields.Number(8, problems),
            UnitPrice = fields.Amount(9, out _, problems),
            RecommendationId = fields.Guid(10, problems),
            Attributes = fields.Attributes(11, problems),
        };
        row = validator.Validate(request, fieldPrefix: "", problems)!;
        return row is not null && problems.Count == 0;
    }
}

internal sealed class ItemBinder(ItemValidator validator, WireLimits limits) : RowBinder<ImportedItem>
{
    public override IReadOnlyList<string> Fields { get; } =
    [
        "itemId", "title", "description", "categories", "price", "salePrice", "currency", "available", "hidden", "addedAt", "groupId", "imageUrl", "consumesForDays", "attributes",
        "compareAtPrice",
    ];

    /// <summary>Its bit among the fields after the id.</summary>
    private const int CompareAtPrice = (int)ItemFields.All + 1;

    public override IReadOnlyList<string> RequiredFields { get; } = ["itemId"];

    public override bool HasAttributes => true;

    public override bool TryBind(RowFields fields, ICollection<FieldProblem> problems, out ImportedItem row)
    {
        var prices = PricesOf(fields, problems);
        var line = new ItemLine
        {
            ItemId = fields.Text(0, problems),
            Title = fields.Line(1, limits.TitleLength, problems),
            Description = fields.Prose(2, limits.DescriptionLength, problems),
            Categories = fields.Lines(3, limits.CategoryCount, limits.CategoryLength, problems),
            Price = prices.Price,
            SalePrice = prices.SalePrice,
            Currency = prices.Currency,
            Available = fields.Flag(7, problems),
            Hidden = fields.Flag(8, problems),
            AddedAt = fields.Time(9, problems),
            GroupId = fields.Text(10, problems),
            ImageUrl = fields.Text(11, problems),
            ConsumesForDays = fields.Number(12, problems),
            Attributes = fields.Attributes(13, problems),
        };
        new FieldScope("", problems).CheckId("itemId", line.ItemId, limits);
        var given = GivenBy(fields) | (FilledIn(line) & (ItemFields.Currency | ItemFields.Attributes));
        row = new ImportedItem(line.ItemId!, validator.Validate(line, fieldPrefix: "", problems)!, given, given & FilledIn(line));
        return problems.Count == 0;
    }

    /// <summary>A price before a reduction says whether there is a sale price, so one that is not higher than the price clears it.</summary>
    private static ItemFields GivenBy(RowFields fields)
    {
        var given = fields.Given >> 1;
        var isCompared = (given & CompareAtPrice) != 0 && (given & (int)ItemFields.Price) != 0;
        return ((ItemFields)given & ItemFields.All) | (isCompared ? ItemFields.SalePrice : ItemFields.None);
    }

    /// <summary>A sale price in another currency than the price is left out: a feed for several countries may have one.</summary>
    private static (decimal? Price, decimal? SalePrice, string? Currency) PricesOf(RowFields fields, ICollection<FieldProblem> problems)
    {
        var price = fields.Amount(4, out var besidePrice, problems);
        var sale = fields.Amount(5, out var besideSale, problems);
        var before = fields.Amount(14, out var besideBefore, problems);
        var currency = CurrencyOf(fields.Text(6, problems), besidePrice, problems) ?? besideSale ?? besideBefore;
        if (!IsOf(besideSale, currency))
            sale = null;
        if (sale is null && before > price && IsOf(besideBefore, currency))
            (price, sale) = (before, price);
        return (price, sale, currency);
    }

    private static ItemFields FilledIn(ItemLine line) =>
        (line.Title is null ? ItemFields.None : ItemFields.Title)
        | (line.Description is null ? ItemFields.None : ItemFields.Description)
        | (line.Categories is null or [] ? ItemFields.None : ItemFields.Categories)
        | (line.Price is null ? ItemFields.None : ItemFields.Price)
        | (line.SalePrice is null ? ItemFields.None : ItemFields.SalePrice)
        | (line.Currency is null ? ItemFields.None : ItemFields.Currency)
        | (line.Available is null ? ItemFields.None : ItemFields.Available)
        | (line.Hidden is null ? ItemFields.None : ItemFields.Hidden)
        | (line.AddedAt is null ? ItemFields.None : ItemFields.AddedAt)
        | (line.GroupId is null ? ItemFields.None : ItemFields.GroupId)
        | (line.ImageUrl is null ? ItemFields.None : ItemFields.ImageUrl)
        | (line.ConsumesForDays is null ? ItemFields.None : ItemFields.ConsumesForDays)
        | (line.Attributes is null ? ItemFields.None : ItemFields.Attributes);

    private static string? CurrencyOf(string? stated, string? besidePrice, ICollection<FieldProblem> problems)
    {
        if (stated is null)
            return besidePrice;
        var code = Currencies.CodeOf(stated) ?? stated;
        if (!IsOf(besidePrice, code))
            problems.Add(new FieldProblem("price", $"is in {besidePrice}, but currency says {WireText.Quote(stated)}"));
        return code;
    }

    /// <summary>A dollar sign is of any dollar.</summary>
    private static bool IsOf(string? besideAmount, string? currency) =>
        besideAmount is null || currency is null || besideAmount == currency || (besideAmount == "USD" && currency.EndsWith('D'));
}

internal sealed class UserBinder(UserValidator validator, WireLimits limits) : RowBinder<ImportedUser>
{
    public override IReadOnlyList<string> Fields { get; } = ["userId", "attributes"];

    public override IReadOnlyList<string> RequiredFields { get; } = ["userId"];

    public override bool HasAttributes => true;

    public override bool TryBind(RowFields fields, ICollection<FieldProblem> problems, out ImportedUser row)
    {
        var line = new UserLine { UserId = fields.Text(0, problems), Attributes = fields.Attributes(1, problems) };
        new FieldScope("", problems).CheckId("userId", line.UserId, limits);
        validator.TryValidate(line, fieldPrefix: "", problems, out var attributes);
        row = new ImportedUser(line.UserId!, attributes, (fields.Given & 2) != 0 || line.Attributes is not null);
        return problems.Count == 0;
    }
}
