using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using RecoService.Engine.Training;

namespace RecoService.Api.Tests.Documentation;

/// <summary>What the declaration of an option says: its type, its default, and the bounds that are checked at start.</summary>
/// <param name="property">The option.</param>
/// <param name="owner">Options as they are without any configuration.</param>
internal sealed class DeclaredOption(PropertyInfo property, object owner)
{
    private Type Wanted => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    public string Type => Wanted switch
    {
        { IsEnum: true } => string.Join(", ", Enum.GetNames(Wanted).Select(name => $"`{name}`")),
        var type when type == typeof(bool) => "`true`, `false`",
        var type when type == typeof(string) => "text",
        var type when type == typeof(TimeSpan) => "time span",
        var type when type == typeof(DateTimeOffset) => "time",
        var type when type == typeof(int) || type == typeof(long) => "whole number",
        var type when type == typeof(float) || type == typeof(double) => "number",
        var type when type == typeof(List<string>) => "list of texts",
        var type when property.IsDefined(typeof(OptionsByTrainerNameAttribute)) => "options by name",
        var type => throw new NotSupportedException($"{property.Name} has the type {type}, which the documentation has no word for."),
    };

    public string Default => property.GetValue(owner) switch
    {
        null or "" or ICollection { Count: 0 } => "none",
        bool truth => truth ? "`true`" : "`false`",
        TimeSpan time => $"`{Written(time)}`",
        IFormattable value => $"`{value.ToString(null, CultureInfo.InvariantCulture)}`",
        var value => $"`{value}`",
    };

    public string Bounds => string.Join(", ", property.GetCustomAttributes<ValidationAttribute>().Where(attribute => attribute is not EnumDataTypeAttribute).Select(Bound));

    /// <summary>Its summary, and those of the values of an enumeration where they have any.</summary>
    public string MeaningIn(XmlComments comments)
    {
        var values = Wanted.IsEnum ? Wanted.GetFields(BindingFlags.Public | BindingFlags.Static).Select(value => (value.Name, Meaning: comments.FindOf(value))).Where(value => value.Meaning is not null) : [];
        return string.Join(' ', values.Select(value => $"`{value.Name}`: {value.Meaning}").Prepend(comments.Of(property)));
    }

    /// <summary>A number as pages show it.</summary>
    public static string Written(object value) => value switch
    {
        string text => text,
        TimeSpan time => time.ToString(time.Milliseconds == 0 ? "c" : @"hh\:mm\:ss\.FFF", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString("#,0.##########", CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private string Bound(ValidationAttribute attribute) => attribute switch
    {
        RangeAttribute range when IsOpen(range.Maximum) => $"at least {Written(range.Minimum)}",
        RangeAttribute range => $"{(range.MinimumIsExclusive ? "above " : "")}{Written(range.Minimum)} to {Written(range.Maximum)}",
        StringLengthAttribute { MinimumLength: 0 } length => $"at most {length.MaximumLength} characters",
        StringLengthAttribute length => $"{length.MinimumLength} to {length.MaximumLength} characters",
        RegularExpressionAttribute { ErrorMessage: { } message } => message.TrimEnd('.').Split(" must be ", 2)[1],
        RequiredAttribute => property.GetValue(owner) is "" ? "required" : "not empty",
        _ => throw new NotSupportedException($"{property.Name} is bounded by {attribute.GetType().Name}, which the documentation has no words for."),
    };

    /// <summary>Whether a bound is the largest value of its type, and so none.</summary>
    private static bool IsOpen(object maximum) => maximum is int.MaxValue or (double and >= 9e18);
}
