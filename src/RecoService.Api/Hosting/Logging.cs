using System.Net.Sockets;
using RecoService.Api.Settings;
using RecoService.Api.Telemetry;
using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Filters;

namespace RecoService.Api.Hosting;

internal static class Logging
{
    private const string RequestDiagnostics = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string TextTemplate = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {Message:lj}{NewLine}{Exception}";

    /// <summary>Serilog with levels and sinks as the section <c>Serilog</c> says; without a sink there, to standard output.</summary>
    public static void AddLogging(this WebApplicationBuilder builder, RecoSettings settings)
    {
        var volume = LogVolume.Of(builder.Configuration);
        builder.Services.AddSingleton(volume);
        var configuration = new LoggerConfiguration().ReadFrom.Configuration(builder.Configuration).MinimumLevel.ControlledBy(volume.Switch)
            .Enrich.FromLogContext().Enrich.WithProperty("Replica", settings.Replica)
            // The host and its web server log why they could not listen, with a stack trace each, before the command says it in one line.
            .Filter.ByExcluding(line => line.Exception is IOException or SocketException && StartFaults.Explain(line.Exception) is not null)
            // The same of every background service that is cancelled thereby.
            .Filter.ByExcluding(line => line.Exception is OperationCanceledException && Matching.FromSource("Microsoft.Extensions.Hosting.Internal.Host")(line))
            // The framework writes a line per probe; whatever notices a change of state here writes one of its own.
            .Filter.ByExcluding(Matching.FromSource("Microsoft.Extensions.Diagnostics.HealthChecks"));
        if (!builder.Configuration.GetSection("Serilog:WriteTo").GetChildren().Any())
        {
            _ = settings.Log.Format == LogFormat.Json
                ? configuration.WriteTo.Console(new JsonLines())
                : configuration.WriteTo.Console(outputTemplate: TextTemplate);
        }

        builder.Logging.ClearProviders().AddSerilog(configuration.CreateLogger(), dispose: true);
        // Where its log is on, however high the level, the framework makes a trace and a scope for every request. The scope has the path, which holds ids of people.
        builder.Logging.AddFilter<SerilogLoggerProvider>(RequestDiagnostics, LogLevel.None).AddFilter(RequestDiagnostics, LogLevel.None);
    }
}
