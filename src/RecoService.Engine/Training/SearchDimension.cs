using System.Reflection;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Training;

/// <summary>One option as a stretch of 0..1: evenly, or evenly in its logarithm.</summary>
internal sealed class SearchDimension
{
    private readonly PropertyInfo property;
    private readonly Type type;
    private readonly double low;
    private readonly double high;
    private readonly bool isLogarithmic;
    private readonly object[] choices;

    /// <exception cref="ArgumentException">The mark does not suit the property; a fault of the program.</exception>
    public SearchDimension(PropertyInfo property, SearchAttribute mark)
    {
        this.property = property;
        type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        choices = ChoicesOf(type);
        isLogarithmic = mark.Logarithmic;
        (low, high) = isLogarithmic ? (Math.Log(mark.Low), Math.Log(mark.High)) : (mark.Low, mark.High);
        if (choices.Length == 0 && !(double.IsFinite(low) && double.IsFinite(high) && low < high))
            throw new ArgumentException($"{property.DeclaringType?.Name}.{property.Name} is no enum or bool: [Search] needs two numbers, the lower first, both above 0 for a logarithm.", nameof(mark));
    }

    private bool CanBeNone => Nullable.GetUnderlyingType(property.PropertyType) is not null;

    /// <summary>Sets the value that a place in 0..1 stands for.</summary>
    public void Apply(object options, double position)
    {
        if (!CanBeNone)
            property.SetValue(options, ValueAt(position));
        else
            property.SetValue(options, position < 0.5 ? null : ValueAt((2 * position) - 1));
    }

    /// <summary>Where the present value lies; values outside the searched range at its nearer end.</summary>
    public double Read(object options)
    {
        var value = property.GetValue(options);
        if (value is null)
            return 0.25;
        return CanBeNone ? (1 + PositionOf(value)) / 2 : PositionOf(value);
    }

    private object ValueAt(double position)
    {
        if (choices.Length > 0)
            return choices[Math.Min((int)(position * choices.Length), choices.Length - 1)];
        var number = low + (position * (high - low));
        if (isLogarithmic)
            number = Math.Exp(number);
        return type == typeof(int) ? (int)Math.Round(number) : ThreeDigits(number);
    }

    private double PositionOf(object value)
    {
        if (choices.Length > 0)
            return (Array.IndexOf(choices, value) + 0.5) / choices.Length;
        var number = Convert.ToDouble(value);
        return Math.Clamp(((isLogarithmic ? Math.Log(number) : number) - low) / (high - low), 0, 1);
    }

    /// <summary>A file of options is read by people; no search is finer than this.</summary>
    private object ThreeDigits(double number)
    {
        var text = number.ToString("G3");
        return type == typeof(float) ? (object)float.Parse(text) : double.Parse(text);
    }

    private static object[] ChoicesOf(Type type) => type switch
    {
        { IsEnum: true } => [.. Enum.GetValues(type).Cast<object>()],
        _ when type == typeof(bool) => [false, true],
        _ => [],
    };
}
