namespace RecoService.WebConsole.Calls;

/// <summary>GET /users/{userId}/profile.</summary>
internal sealed record UserProfileAnswer(
    string UserId, DateTimeOffset? LastSeenAt, int Items, int ConsumedItems, ActivityAnswer? Activity, IReadOnlyList<KindAnswer> Kinds, IReadOnlyList<ShareAnswer> Categories, IReadOnlyList<AttributeAnswer> Attributes,
    PriceBandAnswer? PriceBand, IReadOnlyList<SegmentAnswer> Segments, IReadOnlyList<string>? SimilarUsers);

internal sealed record ActivityAnswer(int Events, int Last7Days, int Last30Days, int Last90Days, int Days, DateTimeOffset? FirstSeenAt, bool Complete);

internal sealed record KindAnswer(string Kind, int Count, DateTimeOffset LastAt);

internal sealed record ShareAnswer(string Value, double Share);

internal sealed record AttributeAnswer(string Name, IReadOnlyList<ShareAnswer> Values);

internal sealed record PriceBandAnswer(string? Currency, double Low, double Median, double High);

internal sealed record SegmentAnswer(string Name);

/// <summary>GET /users/{userId}/interactions.</summary>
internal sealed record InteractionAnswer(string ItemId, string Kind, double? Value, DateTimeOffset OccurredAt, string? OrderId, double? Quantity, decimal? UnitPrice, Guid? RecommendationId);

/// <summary>GET /items/{itemId}.</summary>
internal sealed record ItemAnswer(
    string ItemId, bool Listed, string? Title, string? Description, IReadOnlyList<string> Categories, decimal? Price, decimal? SalePrice, string? Currency, bool Available, bool Hidden, DateTimeOffset? AddedAt, string? ImageUrl);

/// <summary>GET /items/{itemId}/profile.</summary>
internal sealed record ItemProfileAnswer(
    string ItemId, bool Available, string? GroupId, ItemPriceAnswer? Price, AudienceAnswer Audience, TrendAnswer Trend, ConversionAnswer? Conversion, RepurchaseAnswer? Repurchase,
    IReadOnlyList<ListItemAnswer> Similar, IReadOnlyList<ListItemAnswer> BoughtTogether);

internal sealed record ItemPriceAnswer(double Price, double? SalePrice, string? Currency, string? Category, double? CategoryShare);

internal sealed record AudienceAnswer(int Users, int Supporters, int Buyers, int ReturningBuyers, IReadOnlyList<AudienceKindAnswer> Kinds);

internal sealed record AudienceKindAnswer(string Kind, int Users, int Events);

internal sealed record TrendAnswer(double Growth, double Users, double ExpectedUsers);

internal sealed record ConversionAnswer(int Viewers, int Buyers, double Rate, double Low, double High);

internal sealed record RepurchaseAnswer(double Share, double IntervalDays);
