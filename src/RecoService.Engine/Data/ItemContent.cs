namespace RecoService.Engine.Data;

/// <summary>What the catalogue says of an item that can be learned from, or that lists are judged by; the same for every user.</summary>
public sealed record ItemContent
{
    public string Title { get; init; } = "";

    public string Description { get; init; } = "";

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Each as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>In the shop's currency; null when it has none.</summary>
    public float? Price { get; init; }

    /// <summary>For how many days whoever consumes it is not shown it; null: the kinds of the interactions decide.</summary>
    public double? ConsumesForDays { get; init; }
}
