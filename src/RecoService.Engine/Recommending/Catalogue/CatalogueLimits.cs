namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>What bounds the memory of the catalogue's columns. What is beyond is left out of them, and that is said.</summary>
public sealed record CatalogueLimits
{
    /// <summary>Whether titles and addresses of images are kept. Default true.</summary>
    public bool KeepsTitles { get; init; } = true;

    /// <summary>The most names of attributes; those that come first have columns. Default 64.</summary>
    public int Attributes { get; init; } = 64;

    /// <summary>The most distinct texts of an attribute, or of the categories, at one time. Default 50,000.</summary>
    public int DistinctTexts { get; init; } = 50_000;

    /// <summary>The most entries of a list. Default 100.</summary>
    public int ListLength { get; init; } = 100;

    /// <summary>The longest text, in UTF-16 characters. Default 256.</summary>
    public int TextLength { get; init; } = 256;
}

/// <summary>Why something has no column.</summary>
public enum LeftOutReason
{
    /// <summary>There are more names of attributes than have columns.</summary>
    TooManyAttributes,

    /// <summary>There are too many distinct texts.</summary>
    TooManyTexts,

    /// <summary>A list is too long.</summary>
    ListTooLong,

    /// <summary>A text is too long.</summary>
    TextTooLong,
}

/// <summary>Something of the items that is not in the columns, until a state is built anew.</summary>
/// <param name="Name">The attribute; null for the categories.</param>
/// <param name="Type">Which of its values.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftOutColumn(string? Name, ColumnType Type, LeftOutReason Reason);
