using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RecoService.WebConsole.Sessions;

namespace RecoService.WebConsole.Reports;

/// <summary>The report of a period as one HTML file: no style sheet, script or picture beside it.</summary>
public static class ShopReport
{
    /// <summary>The style is within the file, and nothing else may be loaded by it.</summary>
    public const string ContentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

    /// <summary>Draws it with the rights of whoever asks, and in their language.</summary>
    /// <param name="context">The request.</param>
    /// <param name="from">The first day, UTC.</param>
    /// <param name="to">The last day, not before the first.</param>
    public static async Task<string> RenderAsync(HttpContext context, DateOnly from, DateOnly to)
    {
        var services = context.RequestServices;
        services.GetRequiredService<Visit>().Begin(context);
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(ReportDocument.From)] = from, [nameof(ReportDocument.To)] = to });
            return (await renderer.RenderComponentAsync<ReportDocument>(parameters)).ToHtmlString();
        });
    }
}
