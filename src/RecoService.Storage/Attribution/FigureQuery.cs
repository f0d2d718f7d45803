namespace RecoService.Storage.Attribution;

/// <summary>By what figures are split.</summary>
public enum FigureDimension
{
    /// <summary>Days since 1970-01-01, UTC: of the list.</summary>
    Day,

    /// <summary>Where it was shown.</summary>
    Placement,

    /// <summary>What proposed the item; empty where it is not known.</summary>
    Source,

    /// <summary>0 before the first model.</summary>
    ModelVersion,

    /// <summary>Of experiments; empty for none.</summary>
    Variant,

    /// <summary>From 1.</summary>
    Position,
}

/// <summary>Which figures are wanted.</summary>
/// <param name="FromDay">Days since 1970-01-01.</param>
/// <param name="ToDay">The last one, inclusive.</param>
/// <param name="By">Distinct; none: one row of all.</param>
public sealed record FigureQuery(int FromDay, int ToDay, IReadOnlyList<FigureDimension> By)
{
    /// <summary>Only rows that have this text (or number) in the dimension.</summary>
    public IReadOnlyDictionary<FigureDimension, object> Only { get; init; } = new Dictionary<FigureDimension, object>();

    /// <summary>Whether a list belongs to one row: neither sources nor positions are told apart.</summary>
    public bool IsOfLists => !By.Concat(Only.Keys).Any(dimension => dimension is FigureDimension.Source or FigureDimension.Position);
}

/// <summary>Sums over the viewers of a row: of what they were shown (z) and what they clicked (y).</summary>
/// <param name="Count">How many viewers.</param>
/// <param name="Shown">Sum of z.</param>
/// <param name="Clicked">Sum of y.</param>
/// <param name="ShownSquares">Sum of z z.</param>
/// <param name="ClickedSquares">Sum of y y.</param>
/// <param name="Products">Sum of y z.</param>
public readonly record struct ViewerSums(long Count, double Shown, double Clicked, double ShownSquares, double ClickedSquares, double Products);

/// <summary>What was shown, and what came of it.</summary>
/// <param name="Key">One value per dimension: a text, or a number as long.</param>
public sealed record FigureRow(IReadOnlyList<object> Key)
{
    /// <summary>Lists shown; null where sources or positions are told apart.</summary>
    public long? Lists { get; set; }

    /// <summary>Users who saw one; those nobody knows are not counted. Null where sources or positions are told apart.</summary>
    public long? Viewers { get; set; }

    /// <summary>Items shown.</summary>
    public long Impressions { get; set; }

    /// <summary>Of these, how many were clicked.</summary>
    public long Clicks { get; set; }

    /// <summary>Distinct orders with something that was shown.</summary>
    public long Orders { get; set; }

    /// <summary>Lines of these orders.</summary>
    public long OrderLines { get; set; }

    /// <summary>What was bought.</summary>
    public double Units { get; set; }

    /// <summary>Ten-thousandths of the currency.</summary>
    public long Amount { get; set; }

    /// <summary>Users who ordered.</summary>
    public long Buyers { get; set; }

    /// <summary>Lines that were given back; they are in no other figure.</summary>
    public long Returns { get; set; }

    public long Likes { get; set; }

    public long Dislikes { get; set; }

    public long Ratings { get; set; }

    /// <summary>The sum of the ratings.</summary>
    public double RatingSum { get; set; }

    /// <summary>For the interval of the click-through rate; null where sources or positions are told apart.</summary>
    public ViewerSums? ViewerSums { get; set; }
}
