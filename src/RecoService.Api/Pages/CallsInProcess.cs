using System.Net;
using Microsoft.AspNetCore.Http.Features;
using RecoService.Api.Security;

namespace RecoService.Api.Pages;

/// <summary>
/// Calls of the API that come from this process and not over a connection. They go through the same pipeline as any other: keys, roles, limits, checks and the request
/// log. There is nothing to reach over the network, whatever addresses, proxies and certificates stand before the service.
/// </summary>
internal sealed class CallsInProcess(IServiceScopeFactory scopes)
{
    private RequestDelegate? pipeline;

    /// <summary>Takes the pipeline from here on.</summary>
    public RequestDelegate Take(RequestDelegate next) => pipeline = next;

    /// <param name="page">On whose behalf; its host and its path base are those of the call.</param>
    /// <param name="request">Its address is the path and the query.</param>
    /// <param name="caller">Who calls; null for somebody without a key.</param>
    /// <param name="cancellationToken">Nobody waits any more.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpContext page, HttpRequestMessage request, ApiKeyCaller? caller, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        // A file is read as it comes, and not into memory.
        await using var body = request.Content is null ? Stream.Null : await request.Content.ReadAsStreamAsync(cancellationToken);
        var answer = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider, RequestAborted = cancellationToken };
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        context.Features.Set(new CallerInProcess(caller));
        Describe(context.Request, page.Request, request, body);
        context.Connection.RemoteIpAddress = page.Connection.RemoteIpAddress;

        await (pipeline ?? throw new InvalidOperationException("The pipeline was not taken."))(context);
        await context.Response.CompleteAsync();
        answer.Position = 0;
        return AnswerOf(context.Response, answer);
    }

    private static void Describe(HttpRequest call, HttpRequest page, HttpRequestMessage request, Stream body)
    {
        var target = request.RequestUri!.OriginalString;
        var end = target.IndexOf('?');
        var path = end < 0 ? target : target[..end];
        call.Method = request.Method.Method;
        call.Scheme = page.Scheme;
        call.Host = page.Host;
        call.Protocol = page.Protocol;
        call.Path = page.PathBase.Add(new PathString(Uri.UnescapeDataString(path)));
        call.QueryString = new QueryString(end < 0 ? null : target[end..]);
        call.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = page.PathBase.ToUriComponent() + target;
        call.Body = body;
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []))
            call.Headers.Append(name, values.ToArray());
        if (request.Content is not null)
            call.ContentLength = request.Content.Headers.ContentLength;
    }

    private static HttpResponseMessage AnswerOf(HttpResponse response, MemoryStream answer)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.StatusCode) { Content = new StreamContent(answer) };
        foreach (var (name, values) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
                message.Content.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return message;
    }
}
