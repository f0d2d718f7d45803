using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using RecoService.Api.Wire;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace RecoService.Api.Http;

/// <summary>
/// Gives problem details to requests that the server refuses before there is a call: no HTTP, too long a line, too many headers, too slow. The server answers them with a
/// bare status and has no setting for more, but it says so on a diagnostic channel before it does. An answer begun there is the one that goes out. HTTP/1 only: a
/// broken HTTP/2 request is a reset of its stream, which has no body.
/// </summary>
internal sealed partial class ServerRefusals(
    DiagnosticListener channel, IOptions<KestrelServerOptions> options, LogBudget strangers, ILogger<ServerRefusals> logger) : IObserver<KeyValuePair<string, object?>>
{
    private const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    public IDisposable Subscribe() => channel.Subscribe(this, static name => name == EventName);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is not IFeatureCollection features || features.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException refusal)
            return;
        try
        {
            if (strangers.TryTake())
                LogRefusal(refusal.StatusCode, features.Get<IHttpConnectionFeature>()?.RemoteIpAddress?.ToString() ?? "-", ReasonOf(refusal));
            Answer(features, refusal);
        }
        catch (Exception exception)
        {
            // Whatever is wrong here, the server's own answer is still to come.
            LogFault(exception);
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    private void Answer(IFeatureCollection features, BadHttpRequestException refusal)
    {
        var response = features.Get<IHttpResponseFeature>();
        if (response is not { HasStarted: false } || features.Get<IHttpResponseBodyFeature>() is not { } body || features.Get<IConnectionTransportFeature>() is not { } connection
            || features.Get<IHttpRequestFeature>() is not { Protocol: not ("HTTP/2" or "HTTP/3") } request)
        {
            return;
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(ProblemOf(refusal), WireJson.Options);
        response.StatusCode = refusal.StatusCode;
        response.Headers.ContentType = "application/problem+json";
        response.Headers.ContentLength = json.Length;
        response.Headers.Connection = "close";
        var started = body.StartAsync(CancellationToken.None);
        // There is no body writer before there is a call, so the body follows the head on the connection itself.
        if (started.IsCompletedSuccessfully && !HttpMethods.IsHead(request.Method))
            connection.Transport.Output.Write(json);
        _ = connection.Transport.Output.FlushAsync(CancellationToken.None).AsTask();
    }

    private ProblemDetails ProblemOf(BadHttpRequestException refusal) => new()
    {
        Status = refusal.StatusCode,
        Title = ReasonPhrases.GetReasonPhrase(refusal.StatusCode),
        Detail = refusal.StatusCode switch
        {
            StatusCodes.Status408RequestTimeout => $"The request's headers did not arrive within {options.Value.Limits.RequestHeadersTimeout.TotalSeconds:0} seconds.",
            StatusCodes.Status414UriTooLong => $"The request line, with path and query, may have {options.Value.Limits.MaxRequestLineSize} bytes. An id has at most {ExternalId.DefaultMaxLength} characters.",
            StatusCodes.Status431RequestHeaderFieldsTooLarge =>
                $"The request may have {options.Value.Limits.MaxRequestHeaderCount} headers and {options.Value.Limits.MaxRequestHeadersTotalSize} bytes of them.",
            _ => $"The server could not read the request: {ReasonOf(refusal)}",
        },
    };

    /// <summary>The server's own words, which quote the request only where its log does.</summary>
    private static string ReasonOf(BadHttpRequestException refusal) => WireText.Escape(refusal.Message.Replace(": ''", "", StringComparison.Ordinal), maxLength: 200);

    [LoggerMessage(LogLevel.Warning, "A request of {Address} was refused with {Status} before it was read: {Reason}")]
    private partial void LogRefusal(int status, string address, string reason);

    [LoggerMessage(LogLevel.Error, "A refused request could not be answered with problem details.")]
    private partial void LogFault(Exception exception);
}
