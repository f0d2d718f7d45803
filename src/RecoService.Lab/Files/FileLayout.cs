namespace RecoService.Lab.Files;

/// <summary>How a file holds interactions.</summary>
public enum FileFormat
{
    /// <summary>A line per interaction: <c>user item</c>; further columns are passed over unless they are named.</summary>
    Pairs,

    /// <summary>A line per user: <c>user item item ...</c>, in the order of time.</summary>
    Lists,

    /// <summary>
    /// What users took together: JSON, <c>{"user": [[item, item], [item]]}</c> for all users or <c>{"user": "a", "baskets": [[item], [item]]}</c> a line, or a line per
    /// item, <c>user order item</c>, a time behind it where there is one.
    /// </summary>
    Baskets,

    /// <summary>A line per rating: <c>user item rating</c>, a time behind it where there is one.</summary>
    Ratings,
}

/// <param name="Format">What a line is.</param>
/// <param name="Delimiter">Between the fields; null: the first of tab, ::, comma, semicolon and pipe that the first line has, else blanks.</param>
/// <param name="Columns">What the fields of a pair, rating or line of a basket are: <c>user</c>, <c>order</c>, <c>item</c>, <c>rating</c>, <c>time</c>, others are passed over. Null: as the format says.</param>
/// <param name="HasHeader">The first line names the columns and is passed over; a rating file's first line is so too when its rating is no number.</param>
public sealed record FileLayout(FileFormat Format, string? Delimiter = null, IReadOnlyList<string>? Columns = null, bool HasHeader = false)
{
    /// <summary>Whether a line with more fields than columns is a fault: the file may be of another format.</summary>
    public bool IsStrict { get; init; }
}
