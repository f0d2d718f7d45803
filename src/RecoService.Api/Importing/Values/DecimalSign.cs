namespace RecoService.Api.Importing.Values;

/// <summary>What stands before the decimals of numbers.</summary>
internal enum DecimalSign
{
    /// <summary>A point, as nobody said otherwise; what could be read in two ways is refused.</summary>
    Unstated,

    /// <summary>A point; a comma stands between thousands.</summary>
    Point,

    /// <summary>A comma; a point stands between thousands.</summary>
    Comma,

    /// <summary>Either, as each number shows; what could be read in two ways is refused.</summary>
    Auto,
}
