using Serilog;

namespace RecoService.Api.Hosting;

internal static class Logging
{
    /// <summary>Serilog as the section <c>Serilog</c> says.</summary>
    public static void AddLogging(this WebApplicationBuilder builder)
    {
        var logger = new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration).Enrich.FromLogContext().CreateLogger();
        builder.Logging.ClearProviders().AddSerilog(logger, dispose: true);
    }
}
