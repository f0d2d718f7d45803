namespace RecoService.Storage;

/// <summary>An item's catalogue record: everything PUT stores. Null = not given.</summary>
public sealed record ItemRecord
{
    public string? Title { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public decimal? Price { get; init; }

    /// <summary>The price while the item is on sale, in the same currency.</summary>
    public decimal? SalePrice { get; init; }

    /// <summary>ISO 4217, three letters.</summary>
    public string? Currency { get; init; }

    public bool Available { get; init; } = true;

    public bool Hidden { get; init; }

    public DateTimeOffset? AddedAt { get; init; }

    /// <summary>Variants of one article share it.</summary>
    public string? GroupId { get; init; }

    public string? ImageUrl { get; init; }

    /// <summary>After so many days a consumed item may be recommended to the same user again; 0 = at once. Null: the kind of the interaction decides.</summary>
    public double? ConsumesForDays { get; init; }

    /// <summary>A JSON object as text.</summary>
    public string? AttributesJson { get; init; }
}
