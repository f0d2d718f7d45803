namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>What bounds the cost of an expression. One that exceeds them is refused.</summary>
public sealed record FilterLimits
{
    public static FilterLimits Default { get; } = new();

    /// <summary>The longest text, in UTF-16 characters. Default 4,096.</summary>
    public int Length { get; init; } = 4096;

    /// <summary>How deep parentheses and <c>not</c> may nest. Default 32.</summary>
    public int Depth { get; init; } = 32;

    /// <summary>The most comparisons, <c>is missing</c> included. Default 64.</summary>
    public int Conditions { get; init; } = 64;

    /// <summary>The most values behind an <c>in</c>. Default 500.</summary>
    public int Values { get; init; } = 500;
}
