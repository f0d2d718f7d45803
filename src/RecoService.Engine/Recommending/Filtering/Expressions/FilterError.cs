namespace RecoService.Engine.Recommending.Filtering.Expressions;

/// <summary>What is wrong with an expression, for whoever wrote it.</summary>
/// <param name="Kind">What sort of error.</param>
/// <param name="Position">Where, as a 0-based count of UTF-16 characters; the length of the text for its end.</param>
/// <param name="Expected">What may stand there.</param>
/// <param name="Found">What stands there, cut where it is long.</param>
/// <param name="Message">A sentence that says it all but the position.</param>
public sealed record FilterError(FilterErrorKind Kind, int Position, string Expected, string Found, string Message)
{
    internal const string TheEnd = "the end";
    internal const string CharacterOf = "the character ";

    private const int LongestFound = 40;

    /// <summary>Something else should stand there.</summary>
    internal static FilterError Syntax(int position, string expected, string found) =>
        new(FilterErrorKind.Syntax, position, expected, Cut(found), $"Expected {expected}, but found {Marked(Cut(found))}.");

    /// <summary>There is too much of something.</summary>
    internal static FilterError TooMuch(int position, string expected, string found) =>
        new(FilterErrorKind.Limit, position, expected, Cut(found), $"Expected {expected}, but found {Cut(found)}.");

    /// <summary>In words as it is, else in backticks.</summary>
    private static string Marked(string found) => found == TheEnd || found.StartsWith(CharacterOf, StringComparison.Ordinal) ? found : $"`{found}`";

    internal static string Cut(string text) => text.Length <= LongestFound ? text : text[..(LongestFound - 1)] + "…";
}

/// <summary>What sort of error an expression has.</summary>
public enum FilterErrorKind
{
    /// <summary>The text does not follow the grammar.</summary>
    Syntax,

    /// <summary>It is longer or deeper than <see cref="FilterLimits"/> allow.</summary>
    Limit,

    /// <summary>No item has such a field or attribute.</summary>
    UnknownField,

    /// <summary>The catalogue in memory leaves the field or attribute out, for it exceeds its limits.</summary>
    LeftOutField,

    /// <summary>A field is compared with a value, or in a way, that its type does not allow.</summary>
    Type,
}

/// <summary>An expression, or why there is none.</summary>
/// <param name="Expression">Null where there is an error.</param>
/// <param name="Error">Null where there is none.</param>
public readonly record struct FilterParse(FilterExpression? Expression, FilterError? Error);
