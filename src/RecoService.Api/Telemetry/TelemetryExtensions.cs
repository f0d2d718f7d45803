using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using RecoService.Api.Hosting;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Status;

namespace RecoService.Api.Telemetry;

/// <summary>Metrics at <c>/metrics</c> for Prometheus, and metrics and traces by OTLP to the collector that the settings name.</summary>
internal static class TelemetryExtensions
{
    public const string MetricsName = "GetMetrics";

    /// <summary>Of the framework's HTTP metrics the duration of requests by route and status; the runtime's own metrics come with the instrumentation.</summary>
    private const string HostingMeter = "Microsoft.AspNetCore.Hosting";

    public static void AddTelemetry(this IServiceCollection services, RecoSettings settings)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("RecoService", serviceVersion: ServiceEndpoint.Version, serviceInstanceId: settings.Replica))
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

    /// <summary>The scrape endpoint, for GET alone and for an admin key. Its format is Prometheus's own, so it is no call of the API: the OpenAPI document leaves it out, and it reads Accept.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        ((IEndpointConventionBuilder)routes.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(SecurityExtensions.Admin)
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).WithName(MetricsName).ExcludeFromDescription()).Finally(QueryParameters.AddTo);

    /// <summary>Reads <c>name=value, name=value</c>.</summary>
    internal static bool TryReadHeaders(string text, [NotNullWhen(true)] out IReadOnlyDictionary<string, string>? headers)
    {
        headers = null;
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var place))
                return false;
            var (name, value) = (pair[..place].Trim(), Uri.UnescapeDataString(pair[(place + 1)..].Trim()));
            if (!name.All(IsInHeaderName) || value.Length == 0 || value.Any(char.IsControl) || !read.TryAdd(name, value))
                return false;
        }

        headers = read;
        return true;
    }

    private static bool IsInHeaderName(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';

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
