namespace RecoService.Api.Simulation;

/// <summary>What a shop showed and sold through lists, as its own books have it.</summary>
/// <param name="Lists">Lists shown.</param>
/// <param name="Impressions">Items shown.</param>
/// <param name="Clicks">How many of these were clicked.</param>
/// <param name="Orders">Distinct orders that were not given back whole.</param>
/// <param name="OrderLines">Their lines.</param>
/// <param name="Units">Units of these lines.</param>
/// <param name="Revenue">Quantity times unit price of these lines.</param>
/// <param name="Likes">Items liked.</param>
/// <param name="Returns">Lines given back.</param>
internal readonly record struct ShopFigures(long Lists, long Impressions, long Clicks, long Orders, long OrderLines, long Units, decimal Revenue, long Likes, long Returns)
{
    public static ShopFigures operator +(ShopFigures one, ShopFigures other) => new(
        one.Lists + other.Lists, one.Impressions + other.Impressions, one.Clicks + other.Clicks, one.Orders + other.Orders, one.OrderLines + other.OrderLines, one.Units + other.Units,
        one.Revenue + other.Revenue, one.Likes + other.Likes, one.Returns + other.Returns);

    public static ShopFigures operator -(ShopFigures one, ShopFigures other) => new(
        one.Lists - other.Lists, one.Impressions - other.Impressions, one.Clicks - other.Clicks, one.Orders - other.Orders, one.OrderLines - other.OrderLines, one.Units - other.Units,
        one.Revenue - other.Revenue, one.Likes - other.Likes, one.Returns - other.Returns);

    /// <summary>Each figure by its name in the API.</summary>
    public IEnumerable<(string Name, decimal Value)> Named() =>
    [
        ("lists", Lists), ("impressions", Impressions), ("clicks", Clicks), ("orders", Orders), ("orderLines", OrderLines), ("units", Units), ("revenue", Revenue), ("likes", Likes), ("returns", Returns),
    ];
}

/// <summary>The books of a simulated shop, per placement. Thread-safe.</summary>
internal sealed class ShopLedger
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, ShopFigures> placements = new(StringComparer.Ordinal);

    public void Add(string placement, ShopFigures figures)
    {
        lock (gate)
            placements[placement] = placements.GetValueOrDefault(placement) + figures;
    }

    /// <summary>By placement, in the order of their names.</summary>
    public IReadOnlyList<(string Placement, ShopFigures Figures)> Read()
    {
        lock (gate)
            return [.. placements.Select(placement => (placement.Key, placement.Value))];
    }
}
