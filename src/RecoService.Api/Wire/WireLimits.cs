namespace RecoService.Api.Wire;

/// <summary>How much of everything a request may hold. Lengths are in UTF-16 characters.</summary>
internal sealed record WireLimits
{
    public int IdLength { get; init; } = 256;

    public int TitleLength { get; init; } = 500;

    public int DescriptionLength { get; init; } = 10_000;

    public int CategoryCount { get; init; } = 50;

    public int CategoryLength { get; init; } = 200;

    public int ImageUrlLength { get; init; } = 2_000;

    /// <summary>Of the attributes as compact UTF-8 JSON, in bytes.</summary>
    public int AttributesBytes { get; init; } = 16 * 1024;

    public int AttributesDepth { get; init; } = 8;

    /// <summary>Of values, quantities and their negatives.</summary>
    public double Magnitude { get; init; } = 1e9;

    /// <summary>The most days for which an item may be consumed.</summary>
    public double ConsumesForDays { get; init; } = 36_500;

    /// <summary>The highest price that fits decimal(18,6).</summary>
    public decimal Price { get; init; } = 999_999_999_999m;

    /// <summary>Decimal places of a price that are kept.</summary>
    public int PriceDecimals { get; init; } = 6;

    public DateTimeOffset EarliestTime { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Films and books may be older than Unix times.</summary>
    public DateTimeOffset EarliestAddedAt { get; init; } = new(1800, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far ahead of this machine's clock a time may lie.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromHours(24);

    public decimal? RoundPrice(decimal? price) => price is { } amount ? decimal.Round(amount, PriceDecimals) : null;
}
