using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Attribution;

internal static class FigureEndpoints
{
    /// <summary>A year and a day.</summary>
    public const int MostDays = 366;

    private const int DefaultDays = 30;
    private const int MostExcludedShown = 100;

    private static readonly Dictionary<string, FigureDimension> Dimensions = new(StringComparer.Ordinal)
    {
        ["day"] = FigureDimension.Day,
        ["placement"] = FigureDimension.Placement,
        ["source"] = FigureDimension.Source,
        ["modelVersion"] = FigureDimension.ModelVersion,
        ["variant"] = FigureDimension.Variant,
        ["position"] = FigureDimension.Position,
    };

    public static void MapFigures(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/metrics/recommendations", Get)
            .RequireAdmin()
            .WithName("GetRecommendationFigures")
            .WithTags("Status")
            .WithSummary("What lists brought: impressions, clicks, orders and revenue, with 95% intervals")
            .WithDescription("Days are UTC and those of the lists. An interaction belongs to the list that it names, else to the latest list that showed the user the item within the window. `by` splits by day, placement, source, modelVersion, variant and position, comma-separated; without it there is one row. Figures are brought up to date every minute; `asOf` says when.")
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    private static async Task<Ok<FiguresResponse>> Get(
        Shop shop, TimeProvider time, CancellationToken cancellationToken, string? from = null, string? to = null, string? by = null, string? placement = null, string? source = null, string? variant = null,
        int? modelVersion = null)
    {
        var problems = new List<FieldProblem>();
        var (first, last) = DaysOf(from, to, time, problems);
        var names = (by ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names.Where(name => !Dimensions.ContainsKey(name)))
            problems.Add(new FieldProblem("by", $"{WireText.Quote(name)} is not one of {string.Join(", ", Dimensions.Keys)}"));
        Requests.ThrowIfAny(problems);

        var only = new Dictionary<FigureDimension, object>();
        foreach (var (dimension, value) in new (FigureDimension, object?)[] { (FigureDimension.Placement, placement), (FigureDimension.Source, source), (FigureDimension.Variant, variant), (FigureDimension.ModelVersion, modelVersion) })
        {
            if (value is not null)
                only.Add(dimension, value);
        }

        var query = new FigureQuery(NumberOf(first), NumberOf(last), [.. names.Select(name => Dimensions[name])]) { Only = only };
        var rows = await shop.Store.Figures.ReadAsync(query, cancellationToken);
        var excluded = await shop.Store.Figures.InhumanUsersAsync(MostExcludedShown, cancellationToken);
        return TypedResults.Ok(new FiguresResponse(
            first, last, names, shop.Serving.Figures.FollowedAt, [.. Ordered(rows).Select(row => FigureRowResponse.Of(row, query.By))],
            [.. excluded.Select(user => new ExcludedUserResponse(user.UserId, user.InteractionsADay))]));
    }

    /// <summary>The days of a report, both ends included.</summary>
    /// <exception cref="InvalidRequestException">One is no day, or they are too far apart.</exception>
    public static (DateOnly First, DateOnly Last) ReadDays(string? from, string? to, TimeProvider time)
    {
        var problems = new List<FieldProblem>();
        var days = DaysOf(from, to, time, problems);
        Requests.ThrowIfAny(problems);
        return days;
    }

    private static (DateOnly First, DateOnly Last) DaysOf(string? from, string? to, TimeProvider time, List<FieldProblem> problems)
    {
        var last = DayOf("to", to, problems) ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var first = DayOf("from", from, problems) ?? last.AddDays(1 - DefaultDays);
        if (problems.Count == 0 && first > last)
            problems.Add(new FieldProblem("from", "lies behind to"));
        else if (problems.Count == 0 && last.DayNumber - first.DayNumber >= MostDays)
            problems.Add(new FieldProblem("from", $"lies more than {MostDays} days before to"));
        return (first, last);
    }

    private static IEnumerable<FigureRow> Ordered(IEnumerable<FigureRow> rows) => rows.Order(Comparer<FigureRow>.Create((one, other) =>
    {
        for (var column = 0; column < one.Key.Count; column++)
        {
            var order = one.Key[column] is long number ? number.CompareTo((long)other.Key[column]) : string.CompareOrdinal((string)one.Key[column], (string)other.Key[column]);
            if (order != 0)
                return order;
        }

        return 0;
    }));

    private static int NumberOf(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static DateOnly? DayOf(string field, string? text, List<FieldProblem> problems)
    {
        if (text is null)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 1970 and <= 9998)
            return day;
        problems.Add(new FieldProblem(field, "is not a day as 2026-01-31"));
        return null;
    }
}
