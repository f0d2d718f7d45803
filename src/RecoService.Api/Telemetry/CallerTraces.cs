using System.Diagnostics;

namespace RecoService.Api.Telemetry;

/// <summary>
/// Goes on with the trace that a request arrives with (<c>traceparent</c>), so that the log and problem details name it, also where nothing is sent to a collector. Other requests cost no trace.
/// Until it is disposed, for all services of the process.
/// </summary>
internal sealed class CallerTraces : IDisposable
{
    /// <summary>The framework's source of a trace per request.</summary>
    private const string Requests = "Microsoft.AspNetCore";

    private readonly ActivityListener listener = new()
    {
        ShouldListenTo = source => source.Name == Requests,
        Sample = static (ref options) => options.Parent.TraceId == default ? ActivitySamplingResult.None : ActivitySamplingResult.PropagationData,
    };

    public CallerTraces() => ActivitySource.AddActivityListener(listener);

    public void Dispose() => listener.Dispose();
}
