namespace RecoService.Engine.Training;

/// <summary>What values an option takes.</summary>
public enum OptionKind
{
    Integer,
    Number,
    Boolean,
    Text,
}

/// <summary>One option of a trainer whose options are known by a schema only: what JSON Schema says of it, and where a search looks.</summary>
/// <param name="Name">As JSON spells it, in camelCase.</param>
/// <param name="Kind">What values it takes.</param>
/// <param name="Default">A <see cref="long"/>, <see cref="double"/>, <see cref="bool"/> or <see cref="string"/>, by the kind.</param>
/// <param name="Description">What it means, for people.</param>
public sealed record OptionDescription(string Name, OptionKind Kind, object Default, string Description)
{
    /// <summary>The lowest value allowed, of a number; negative infinity for none.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The highest value allowed, of a number; positive infinity for none.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <summary>Whether the minimum itself is not allowed.</summary>
    public bool IsAboveMinimum { get; init; }

    /// <summary>Whether the maximum itself is not allowed.</summary>
    public bool IsBelowMaximum { get; init; }

    /// <summary>The values a text may have; empty for any.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Where a search looks; null when it leaves the option alone.</summary>
    public SearchRange? Search { get; init; }

    /// <summary>Why a value is not allowed; null when it is.</summary>
    /// <param name="value">Of the option's kind.</param>
    public string? FaultOf(object value)
    {
        if (value is string text)
            return Choices.Count == 0 || Choices.Contains(text, StringComparer.Ordinal) ? null : $"{Name} must be one of {string.Join(", ", Choices)}.";
        if (value is bool)
            return null;
        var number = Convert.ToDouble(value);
        var isLow = IsAboveMinimum ? number <= Minimum : number < Minimum;
        var isHigh = IsBelowMaximum ? number >= Maximum : number > Maximum;
        return double.IsFinite(number) && !isLow && !isHigh ? null : $"{Name} must be {Bounds()}.";
    }

    /// <summary>The value that a configuration's text stands for.</summary>
    /// <param name="text">As <c>0.5</c>, <c>true</c>.</param>
    /// <param name="value">Of the option's kind.</param>
    /// <returns>Why it is not allowed; null when it is.</returns>
    public string? TryRead(string text, out object value)
    {
        value = Default;
        switch (Kind)
        {
            case OptionKind.Integer when long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var integer):
                value = integer;
                break;
            case OptionKind.Number when double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number):
                value = number;
                break;
            case OptionKind.Boolean when bool.TryParse(text, out var truth):
                value = truth;
                break;
            case OptionKind.Text:
                value = text;
                break;
            default:
                return $"{Name} must be {Bounds()}.";
        }

        return FaultOf(value);
    }

    private string Bounds()
    {
        var what = Kind switch
        {
            OptionKind.Integer => "a whole number",
            OptionKind.Number => "a number",
            OptionKind.Boolean => "true or false",
            _ => "a text",
        };
        var low = double.IsFinite(Minimum) ? $"{(IsAboveMinimum ? "above" : "at least")} {Minimum}" : null;
        var high = double.IsFinite(Maximum) ? $"{(IsBelowMaximum ? "below" : "at most")} {Maximum}" : null;
        return string.Join(" ", new[] { what, low, low is not null && high is not null ? "and" : null, high }.Where(part => part is not null));
    }
}

/// <summary>Where a search looks for a number; for a bool or a choice both ends mean nothing.</summary>
/// <param name="Low">The lowest value tried; above 0 when <paramref name="IsLogarithmic"/>.</param>
/// <param name="High">The highest.</param>
/// <param name="IsLogarithmic">1 to 10 is searched as closely as 10 to 100.</param>
public sealed record SearchRange(double Low, double High, bool IsLogarithmic);
