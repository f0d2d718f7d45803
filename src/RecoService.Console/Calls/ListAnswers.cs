namespace RecoService.WebConsole.Calls;

/// <summary>GET /admin/placements.</summary>
internal sealed record PlacementsAnswer(IReadOnlyList<PlacementAnswer> Placements, IReadOnlyList<string> Recommenders);

public sealed record PlacementAnswer(
    string Name, string Subject, IReadOnlyList<string> Sources, string? Recommender, string? Filter, bool AllowConsumed, double NewItemShare, string Fallback, IReadOnlyList<StepAnswer> Order);

public sealed record StepAnswer(string Name, string Value);

/// <summary>GET /admin/placements/{placement}/preview.</summary>
internal sealed record ListAnswer(string Placement, int? ModelVersion, string? Fallback, IReadOnlyList<ListItemAnswer> Items);

public sealed record ListItemAnswer(string ItemId, double Score, string Source)
{
    public ReasonAnswer? Reasons { get; init; }

    public ShownItemAnswer? Item { get; init; }
}

public sealed record ReasonAnswer(string Code, string Text, IReadOnlyList<string> Rules);

public sealed record ShownItemAnswer(string? Title, string? ImageUrl, double? Price, double? SalePrice, string? Currency);

/// <summary>GET /recommendations/{userId}/explain/{itemId}.</summary>
internal sealed record ExplanationAnswer(string ItemId, bool Shown, int? Position, double? Score, string? Source, string? KeptOutBy, double? LastScore, string? Other, ReasonAnswer? Reason, IReadOnlyList<string> Rules);
