using System.Text.Json.Serialization;
using RecoService.Engine.Experiments;
using RecoService.Engine.Recommending.Profiles;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Attribution;

/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day.</param>
/// <param name="By">What the rows are split by.</param>
/// <param name="AsOf">What happened until then is counted, as far as this replica knows; null: it has not counted yet.</param>
/// <param name="Rows">In the order of what they are split by.</param>
/// <param name="ExcludedUsers">Who acts like a program and is left out, the busiest first; up to 100 of them.</param>
internal sealed record FiguresResponse(DateOnly From, DateOnly To, IReadOnlyList<string> By, DateTimeOffset? AsOf, IReadOnlyList<FigureRowResponse> Rows, IReadOnlyList<ExcludedUserResponse> ExcludedUsers);

/// <param name="UserId">The user.</param>
/// <param name="InteractionsADay">On their busiest day.</param>
internal sealed record ExcludedUserResponse(string UserId, long InteractionsADay);

/// <summary>A rate with its 95% interval.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
internal sealed record RateResponse(double Value, double Low, double High)
{
    /// <summary>Of things that are independent of each other, by Wilson's score interval.</summary>
    /// <returns>Null where there is nothing to take a part of.</returns>
    public static RateResponse? OfProportion(long part, long whole)
    {
        if (whole <= 0)
            return null;
        var proportion = Proportion.From((int)Math.Min(Math.Min(part, whole), int.MaxValue), (int)Math.Min(whole, int.MaxValue));
        return new RateResponse((double)part / whole, proportion.Low, proportion.High);
    }

    /// <summary>Clicks per impression over viewers, by the delta method: impressions of one user are alike.</summary>
    public static RateResponse? OfViewers(ViewerSums sums)
    {
        if (sums.Shown <= 0)
            return null;
        var value = sums.Clicked / sums.Shown;
        if (sums.Count < 2)
            return new RateResponse(value, 0, 1);
        var estimate = ArmEstimate.Ratio(new JointMoments(sums.Count, [sums.Clicked, sums.Shown], [sums.ClickedSquares, sums.Products, sums.Products, sums.ShownSquares]));
        var half = 1.959963984540054 * estimate.StandardError;
        return double.IsFinite(half) ? new RateResponse(value, Math.Max(0, value - half), Math.Min(1, value + half)) : new RateResponse(value, 0, 1);
    }
}

/// <summary>What was shown, and what came of it. The first members are those that the rows are split by.</summary>
internal sealed record FigureRowResponse
{
    /// <summary>UTC, of the list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateOnly? Day { get; init; }

    /// <summary>Where it was shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Placement { get; init; }

    /// <summary>What proposed the items; empty where it is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Source { get; init; }

    /// <summary>0 before the first model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ModelVersion { get; init; }

    /// <summary>As experiment/variant; empty outside of experiments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Variant { get; init; }

    /// <summary>From 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Position { get; init; }

    /// <summary>Lists shown; null in rows of a source or a position, which a list has several of.</summary>
    public long? Lists { get; init; }

    /// <summary>Known users who saw one; null in rows of a source or a position.</summary>
    public long? Viewers { get; init; }

    /// <summary>Items shown.</summary>
    public long Impressions { get; init; }

    /// <summary>How many of these were clicked; twice is once.</summary>
    public long Clicks { get; init; }

    /// <summary>Clicks per impression; null without impressions.</summary>
    public RateResponse? ClickThroughRate { get; init; }

    /// <summary>Distinct orders with something that was shown. What has no order id is one order per user and day.</summary>
    public long Orders { get; init; }

    /// <summary>Lines of these orders that were shown.</summary>
    public long OrderLines { get; init; }

    /// <summary>Units of these lines.</summary>
    public double Units { get; init; }

    /// <summary>Viewers who ordered, of all viewers; null in rows of a source or a position.</summary>
    public RateResponse? ConversionRate { get; init; }

    /// <summary>Quantity times unit price of these lines; what was given back is not in it.</summary>
    public decimal Revenue { get; init; }

    /// <summary>Revenue per order; null without orders.</summary>
    public decimal? AverageOrderValue { get; init; }

    /// <summary>Revenue per thousand items shown; null without impressions.</summary>
    public decimal? RevenuePerThousandImpressions { get; init; }

    /// <summary>How many of the items shown were liked.</summary>
    public long Likes { get; init; }

    /// <summary>How many were disliked.</summary>
    public long Dislikes { get; init; }

    /// <summary>Likes over likes and dislikes; null without any.</summary>
    public RateResponse? Satisfaction { get; init; }

    /// <summary>Of the ratings that items got after they were shown; null without any.</summary>
    public double? MeanRating { get; init; }

    /// <summary>Lines that were given back.</summary>
    public long Returns { get; init; }

    /// <summary>Returns over all lines, given back or not; null without any.</summary>
    public RateResponse? ReturnRate { get; init; }

    public static FigureRowResponse Of(FigureRow row, IReadOnlyList<FigureDimension> by)
    {
        var revenue = row.Amount / 10_000m;
        return new FigureRowResponse
        {
            Day = Number(FigureDimension.Day) is { } day ? DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(day) : null,
            Placement = Text(FigureDimension.Placement),
            Source = Text(FigureDimension.Source),
            ModelVersion = Number(FigureDimension.ModelVersion),
            Variant = Text(FigureDimension.Variant),
            Position = Number(FigureDimension.Position),
            Lists = row.Lists,
            Viewers = row.Viewers,
            Impressions = row.Impressions,
            Clicks = row.Clicks,
            ClickThroughRate = row.ViewerSums is { Count: > 1 } sums && sums.Shown >= row.Impressions ? RateResponse.OfViewers(sums) : RateResponse.OfProportion(row.Clicks, row.Impressions),
            Orders = row.Orders,
            OrderLines = row.OrderLines,
            Units = row.Units,
            ConversionRate = row.Viewers is { } viewers ? RateResponse.OfProportion(row.Buyers, viewers) : null,
            Revenue = revenue,
            AverageOrderValue = row.Orders > 0 ? Math.Round(revenue / row.Orders, 4) : null,
            RevenuePerThousandImpressions = row.Impressions > 0 ? Math.Round(1_000 * revenue / row.Impressions, 4) : null,
            Likes = row.Likes,
            Dislikes = row.Dislikes,
            Satisfaction = RateResponse.OfProportion(row.Likes, row.Likes + row.Dislikes),
            MeanRating = row.Ratings > 0 ? row.RatingSum / row.Ratings : null,
            Returns = row.Returns,
            ReturnRate = RateResponse.OfProportion(row.Returns, row.Returns + row.OrderLines),
        };

        object? ValueOf(FigureDimension dimension)
        {
            for (var column = 0; column < by.Count; column++)
            {
                if (by[column] == dimension)
                    return row.Key[column];
            }

            return null;
        }

        int? Number(FigureDimension dimension) => ValueOf(dimension) is long number ? (int)number : null;

        string? Text(FigureDimension dimension) => ValueOf(dimension) as string;
    }
}
