using RecoService.Engine.Tuning;

namespace RecoService.Engine.Training;

/// <summary>
/// Marks an option that a search may change, and where it looks: between two numbers, or at every value of an enum or bool. Of a nullable option
/// "none" is tried as often as all values together. Narrower than the option's range of allowed values: good values are known to lie there.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SearchAttribute : Attribute
{
    /// <summary>Every value of an enum or bool.</summary>
    public SearchAttribute()
        : this(double.NaN, double.NaN)
    {
    }

    /// <param name="low">The lowest value tried; above 0 when <see cref="Logarithmic"/>.</param>
    /// <param name="high">The highest.</param>
    public SearchAttribute(double low, double high) => (Low, High) = (low, high);

    /// <summary>The lowest value tried; NaN for enums and bools.</summary>
    public double Low { get; }

    /// <summary>The highest value tried.</summary>
    public double High { get; }

    /// <summary>1 to 10 is searched as closely as 10 to 100. False by default.</summary>
    public bool Logarithmic { get; set; }
}
