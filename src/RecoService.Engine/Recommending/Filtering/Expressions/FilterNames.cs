namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>Names with a meaning of their own in expressions.</summary>
internal static class FilterNames
{
    public const string Attributes = "attributes";
    public const string Current = "current";
    public const string Context = "context";
    public const string User = "user";

    public const string ItemId = "itemId";
    public const string Price = "price";
    public const string SalePrice = "salePrice";
    public const string Currency = "currency";
    public const string Categories = "categories";
    public const string Category = "category";
    public const string AddedAt = "addedAt";
    public const string GroupId = "groupId";
    public const string ConsumesForDays = "consumesForDays";

    /// <summary>The fields of items, <see cref="Category"/> included, which is another name of <see cref="Categories"/>.</summary>
    public static IReadOnlyList<string> Fields { get; } = [ItemId, Price, SalePrice, Currency, Categories, Category, AddedAt, GroupId, ConsumesForDays];
}
