using Microsoft.AspNetCore.Http.Features;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Engine.Recommending;

namespace RecoService.Api.Hosting;

/// <summary>Sends requests through the service's own pipeline before it says that it is ready, so that no customer waits for code that is compiled when it is first run.</summary>
internal sealed partial class WarmUp(
    IServiceScopeFactory scopes, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WarmUp> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private RequestDelegate? pipeline;

    /// <summary>Takes note of what stands behind this place in the pipeline.</summary>
    public RequestDelegate Before(RequestDelegate next) => pipeline = next;

    public async Task RunAsync(Shop shop, CancellationToken cancellationToken)
    {
        var requests = shop.Settings.Recommendations.WarmUpRequests;
        if (requests == 0 || shop.Serving.Snapshots.Current is not { State: var state })
            return;
        await PipelineIsBuiltAsync(cancellationToken);
        var started = time.GetTimestamp();
        var (sent, failed) = (0, 0);
        for (; sent < requests && time.GetElapsedTime(started) < Limit; sent++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            failed += await SendAsync(shop, UserIdOf(state, sent)) == StatusCodes.Status200OK ? 0 : 1;
            FoldIn(state, sent);
        }

        LogWarm(sent, time.GetElapsedTime(started).TotalMilliseconds, failed);
    }

    private async Task PipelineIsBuiltAsync(CancellationToken cancellationToken)
    {
        var built = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(built.SetResult);
        await built.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Users from all over the state, and now and then one whom nobody knows.</summary>
    private static string UserIdOf(ServingState state, int number) =>
        state.Users.Count == 0 || number % 8 == 7 ? "nobody" : state.Users[(int)((uint)(number * 7919) % (uint)state.Users.Count)];

    private static void FoldIn(ServingState state, int number)
    {
        if (state.Items.Count > 0)
            state.Recommend(new RecommendationQuery(10) { Events = [new SessionInteraction(state.Items[(int)((uint)(number * 7919) % (uint)state.Items.Count)], 0, 0, number)] });
    }

    private async Task<int> SendAsync(Shop shop, string userId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var path = $"/recommendations/{Uri.EscapeDataString(userId)}";
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = path;
        context.Request.Method = HttpMethods.Get;
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("localhost");
        context.Request.Path = new PathString(path);
        // Some keys are known by their hashes alone.
        if (shop.Keys.Callers.FirstOrDefault(caller => caller.Role != nameof(ApiKeyRole.Viewer) && caller.Scopes.Count == 0) is { } caller)
            context.Features.Set(new CallerInProcess(caller));
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        context.Features.Set(new UnseenRequest());
        await pipeline!(context);
        return context.Response.StatusCode;
    }

    [LoggerMessage(LogLevel.Information, "Warmed up by {Count} requests in {Elapsed:F0} ms; {Failed} of them were not answered with a list.")]
    private partial void LogWarm(int count, double elapsed, int failed);
}
