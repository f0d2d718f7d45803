using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;

namespace RecoService.Api.Hosting;

/// <summary>In Development, tells where to look and one line that works as it stands, once the first model serves.</summary>
internal sealed class Banner(IServer server, ShopDirectory shops, RecoSettings settings, IHostEnvironment environment, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan FirstModelPatience = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shop = shops.Default;
        var snapshots = shop.Serving.Snapshots;
        var started = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), time);
        do
        {
            if (shop.Serving.Readiness.IsReady && (snapshots.Current?.Publication is not null || !shop.Retraining.Trigger.HasStarted || time.GetElapsedTime(started) > FirstModelPatience))
                break;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));

        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:5080";
        var userId = snapshots.Current?.State.Users is { Count: > 0 } users ? Uri.EscapeDataString(users[0]) : "anybody";
        // One write, so that no log line comes between; and not through Spectre, which would break the command to be copied where the window ends.
        var text = new StringBuilder().AppendLine();
        if (settings.Console.Enabled && settings.Demo.StorefrontIn(environment))
            text.AppendLine($"  Demo shop:   {address}/demo");
        if (settings.Console.Enabled)
            text.AppendLine($"  Console:     {address}/console");
        text.AppendLine($"  Swagger UI:  {address}/swagger");
        text.AppendLine($"  Try it:      curl \"{address}/recommendations/{userId}?limit=5\"{(shop.Keys.IsEmpty ? "" : $" -H \"{ApiKeyHandler.HeaderName}: $KEY\"")}");
        if (shop.Keys.IsEmpty)
            text.AppendLine("  No API keys are configured: everybody on this machine is an administrator, and only requests to localhost are answered.");
        await Console.Out.WriteLineAsync(text, stoppingToken);
    }
}
