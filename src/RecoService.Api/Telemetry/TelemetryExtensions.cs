using System.Diagnostics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;

namespace RecoService.Api.Telemetry;

/// <summary>Metrics at <c>/metrics</c> for Prometheus, and metrics and traces by OTLP to the collector that the settings name.</summary>
internal static class TelemetryExtensions
{
    public const string MetricsName = "GetMetrics";

    /// <summary>Of the framework's HTTP metrics the duration of requests by route and status; the runtime's own metrics come with the instrumentation.</summary>
    private const string HostingMeter = "Microsoft.AspNetCore.Hosting";

    /// <param name="services">Take the exporters.</param>
    /// <param name="settings">Where to send what, and the name of this process.</param>
    /// <param name="version">Of the service, as collectors see it.</param>
    public static void AddTelemetry(this IServiceCollection services, RecoSettings settings, string version)
    {
        services.AddSingleton<CallerTraces>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("RecoService", serviceVersion: version, serviceInstanceId: settings.Replica))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(RecoMetrics.MeterName, HostingMeter).AddRuntimeInstrumentation().AddPrometheusExporter()
                    // Counted up and down in every request, it costs as much as the duration and says less.
                    .AddView("http.server.active_requests", MetricStreamConfiguration.Drop);
                if (settings.Telemetry.Endpoint is not null)
                    metrics.AddOtlpExporter(exporter => Configure(exporter, settings.Telemetry, "v1/metrics"));
            });
        if (settings.Telemetry.Endpoint is null)
            return;
        telemetry.WithTracing(traces => traces
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(settings.Telemetry.TraceSampleRate)))
            .AddAspNetCoreInstrumentation(requests => requests.EnrichWithHttpRequest = LeaveOutIds)
            .AddOtlpExporter(exporter => Configure(exporter, settings.Telemetry, "v1/traces")));
    }

    /// <summary>The scrape endpoint, for GET alone and for keys that read what an admin reads. Its format is Prometheus's own, so it is no call of the API: the OpenAPI document leaves it out, and it reads Accept.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        ((IEndpointConventionBuilder)routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(SecurityExtensions.Viewer)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).WithName(MetricsName).ExcludeFromDescription()).Finally(QueryParameters.AddTo);

    private static void Configure(OtlpExporterOptions exporter, TelemetrySettings settings, string path)
    {
        var isHttp = settings.Protocol == TelemetryProtocol.Http;
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = isHttp ? new Uri($"{settings.Endpoint!.TrimEnd('/')}/{path}") : new Uri(settings.Endpoint!);
        if (settings.Headers.Length > 0)
            exporter.Headers = settings.Headers;
    }

    /// <summary>Paths and queries hold ids of people; the route, which the framework adds, holds none.</summary>
    private static void LeaveOutIds(Activity activity, HttpRequest request)
    {
        activity.SetTag("url.path", null);
        activity.SetTag("url.query", null);
    }
}
