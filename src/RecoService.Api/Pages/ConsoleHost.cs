using System.Security.Claims;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.WebConsole;

namespace RecoService.Api.Pages;

/// <summary>What the console gets of the service: its keys, and its calls.</summary>
internal sealed class ConsoleHost(ShopDirectory shops, CallsInProcess calls, TimeProvider time) : IConsoleHost
{
    private const string StampClaim = "stamp";

    private static readonly ApiKeyCaller Storefront = new("demo-storefront", ApiKeyRole.Storefront);

    public bool IsOpen(HttpContext context) => shops.KeysOf(context).IsEmpty;

    public ClaimsPrincipal? Find(HttpContext context, string key) =>
        shops.KeysOf(context).Find(key, time.GetUtcNow()) is { } caller && MayLook(caller)
            ? new ClaimsPrincipal(new ClaimsIdentity([.. caller.Claims, new Claim(StampClaim, caller.Stamp)], "Console"))
            : null;

    public bool IsValid(HttpContext context, ClaimsPrincipal caller) => CallerOf(context, caller) is not null;

    public Task<HttpResponseMessage> SendAsync(HttpContext page, HttpRequestMessage request, CancellationToken cancellationToken) =>
        calls.SendAsync(page, request, CallerOf(page, page.User), cancellationToken);

    public Task<HttpResponseMessage> SendAsStorefrontAsync(HttpContext page, HttpRequestMessage request, CancellationToken cancellationToken) =>
        calls.SendAsync(page, request, Storefront, cancellationToken);

    /// <summary>The key of a session, while it is configured, is the same secret and has the same role.</summary>
    private ApiKeyCaller? CallerOf(HttpContext context, ClaimsPrincipal user) =>
        user as ApiKeyCaller ?? (user.FindFirstValue(StampClaim) is { } stamp && shops.KeysOf(context).FindByStamp(stamp, time.GetUtcNow()) is { } caller && MayLook(caller) && user.IsInRole(caller.Role) ? caller : null);

    private static bool MayLook(ApiKeyCaller caller) => caller.IsInRole(SecurityExtensions.Viewer) || caller.IsInRole(SecurityExtensions.Admin);
}
