using System.Net.Mime;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.WebConsole.Reports;

namespace RecoService.Api.Attribution;

/// <summary>The owner's report of a period. It is drawn by the console, so it is there where the console is.</summary>
internal static class ReportEndpoints
{
    public static void MapReport(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/admin/report", Get)
            .RequireAdmin()
            .WithName("GetReport")
            .WithTags("Status")
            .WithSummary("What was sold, what changed and what to look at, as one HTML file")
            .WithDescription("For a mail or a printer: one self-contained file without scripts, in the language of `Accept-Language`. Days are UTC; without them it is the last 30. The period before it, of the same length, stands beside it.")
            .Produces<string>(StatusCodes.Status200OK, MediaTypeNames.Text.Html)
            .ProducesProblems(StatusCodes.Status400BadRequest, StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> Get(HttpContext context, TimeProvider time, string? from = null, string? to = null)
    {
        var (first, last) = FigureEndpoints.ReadDays(from, to, time);
        var report = await ShopReport.RenderAsync(context, first, last);
        context.Response.Headers.ContentSecurityPolicy = ShopReport.ContentPolicy;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentDisposition = $"inline; filename=\"report-{first:yyyy-MM-dd}-{last:yyyy-MM-dd}.html\"";
        return TypedResults.Text(report, $"{MediaTypeNames.Text.Html}; charset=utf-8");
    }
}
