using System.Globalization;

namespace RecoService.Api.Http;

/// <summary>What the text of a parameter must be, by the type that it is bound to: the same texts that binding takes, told before binding in the words of the API.</summary>
/// <param name="Expectation">As a problem says it.</param>
/// <param name="IsReadable">Whether binding takes the text.</param>
internal sealed record ParameterValue(string Expectation, Func<string?, bool> IsReadable)
{
    private static readonly Dictionary<Type, ParameterValue> Known = new()
    {
        [typeof(int)] = WholeNumber(text => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)),
        [typeof(long)] = WholeNumber(text => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)),
        [typeof(double)] = new("must be a number", text => double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)),
        [typeof(bool)] = new("must be true or false", text => bool.TryParse(text, out _)),
    };

    /// <summary>Null of a type that takes any text, such as an id, which says itself what is wrong with it.</summary>
    public static ParameterValue? Of(Type type) => Known.GetValueOrDefault(Nullable.GetUnderlyingType(type) ?? type);

    private static ParameterValue WholeNumber(Func<string?, bool> isReadable) => new("must be a whole number", isReadable);
}
