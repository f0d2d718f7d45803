using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Api.Status;
using RecoService.Storage;

namespace RecoService.Api.Hosting;

/// <summary>
/// One line per request: every error and every slow one, every other call, and a sample of the lists and the probes that went well. Callers without a valid key share
/// a number of lines a minute; the rest of theirs is counted. By hand, because Serilog's request logging has neither a sample nor a budget, and bypasses other log providers.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, RequestLogSettings settings, LogBudget strangers, TimeProvider time, ILogger<RequestLog> logger)
{
    private const int LongestMethod = 16;

    private long successes;

    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var elapsed = time.GetElapsedTime(started).TotalMilliseconds;
            var status = context.Response.StatusCode;
            var isSlow = elapsed >= settings.SlowMilliseconds;
            if ((status >= 400 || isSlow || !IsSampled(context) || IsChosen()) && (context.User.Identity is { IsAuthenticated: true } || strangers.TryTake()))
            {
                if (strangers.TakeLeftOut() is > 0 and var count)
                    LogLeftOut(count);
                // Not ready yet is what a probe asks for, and nobody's fault.
                var isFault = status >= 500 && NameOf(context) != HealthEndpoints.ReadyName;
                var level = isFault ? LogLevel.Error : status >= 400 || isSlow ? LogLevel.Warning : LogLevel.Information;
                Log(level, MethodOf(context), RouteOf(context), status, elapsed, CallerOf(context), Activity.Current?.Id ?? context.TraceIdentifier, ReasonOf(context));
            }
        }
    }

    private static bool IsSampled(HttpContext context) => EndpointOf(context)?.Metadata.GetMetadata<FrequentCall>() is not null;

    private static string? NameOf(HttpContext context) => EndpointOf(context)?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName;

    /// <summary>Evenly spread rather than drawn, so that one in a hundred means just that.</summary>
    private bool IsChosen()
    {
        var count = Interlocked.Increment(ref successes);
        return Math.Floor(count * settings.SampleRate) > Math.Floor((count - 1) * settings.SampleRate);
    }

    /// <summary>The key's name; of whoever has none, where they call from.</summary>
    private static string CallerOf(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : $"- of {context.Connection.RemoteIpAddress}";

    /// <summary>Any word may stand for a method, also one of thousands of characters.</summary>
    private static string MethodOf(HttpContext context) => context.Request.Method is { Length: <= LongestMethod } method ? method : "(long method)";

    /// <summary>The route, not the path: paths hold ids of people.</summary>
    private static string RouteOf(HttpContext context) => (EndpointOf(context) as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    /// <summary>Handling an exception takes the endpoint away from the context.</summary>
    private static Endpoint? EndpointOf(HttpContext context) => context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;

    [LoggerMessage(LogLevel.Warning, "{Count} more requests without a valid key are not in this log: such callers share a few lines a minute.")]
    private partial void LogLeftOut(long count);

    /// <summary>Why the store could not be used, in the words of the answer and of the database's driver; empty when it was not that.</summary>
    private static string ReasonOf(HttpContext context) =>
        context.Features.Get<IExceptionHandlerFeature>()?.Error is not StorageUnavailableException exception ? ""
        : exception.InnerException is { } driver ? $": {exception.Message} ({driver.GetBaseException().Message})"
        : $": {exception.Message}";

    [LoggerMessage("{Method} {Route} answered {Status} in {Elapsed:F1} ms for key {KeyName} (trace {Trace}){Reason}")]
    private partial void Log(LogLevel level, string method, string route, int status, double elapsed, string keyName, string trace, string reason);
}
