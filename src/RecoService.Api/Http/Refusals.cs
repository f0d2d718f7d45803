using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using RecoService.Api.Security;
using RecoService.Api.Wire;

namespace RecoService.Api.Http;

/// <summary>What to do about a refusal that the framework gives with a bare status: which header, which role, which path, which setting.</summary>
internal static class Refusals
{
    private const string KeySetting = "Reco:Security:ApiKeys";

    public static string OfKey(HttpContext context) => context.Request.Headers[ApiKeyHandler.HeaderName] switch
    {
        { Count: 0 } => $"Send an API key in the header {ApiKeyHandler.HeaderName}. Keys are set under {KeySetting}.",
        { Count: 1 } => $"The key in {ApiKeyHandler.HeaderName} is not one of those set under {KeySetting}.",
        _ => $"The header {ApiKeyHandler.HeaderName} must stand once.",
    };

    public static string OfRole(HttpContext context)
    {
        // Policies are called by the least role that they ask for, and whatever names none is for admins.
        var role = context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy ?? SecurityExtensions.Admin;
        var caller = context.User;
        if (caller is ApiKeyCaller key && context.GetEndpoint() is { } endpoint && !key.Opens(RolePolicyEvaluator.ScopeOf(endpoint)))
            return $"The key {WireText.Quote(key.Name)} opens the groups {string.Join(", ", key.Scopes)}; this call is of {(RolePolicyEvaluator.ScopeOf(endpoint) is { } scope ? $"the group {scope}" : "none")}.";
        return $"This call needs a key with the role {role}; the key {WireText.Quote(caller.Identity?.Name ?? "")} has the role {caller.FindFirstValue(ClaimTypes.Role)}. Roles are set under {KeySetting}.";
    }

    public static string OfPath(HttpContext context)
    {
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.Parameters: [.., { Name: var parameter }] })
        {
            var raw = context.Request.RouteValues[parameter]?.ToString() ?? "";
            return $"There is no {NounOf(parameter)} {WireText.Quote(PathId.TryDecode(raw, out var value) ? value : raw)}.";
        }

        var root = context.Request.PathBase.ToUriComponent();
        var near = context.RequestServices.GetRequiredService<NearRoutes>().Of(context.Request.Path.Value ?? "");
        return $"There is no such path. {(near.Count == 0 ? "" : $"Near it: {string.Join(", ", near.Select(route => root + route))}. ")}{root}/ leads to all calls.";
    }

    public static string OfMethod(HttpContext context)
    {
        var headers = context.Response.Headers;
        var allowed = headers.Allow.ToString();
        if (allowed.Contains(HttpMethods.Get, StringComparison.Ordinal) && !allowed.Contains(HttpMethods.Head, StringComparison.Ordinal))
            headers.Allow = allowed = $"{allowed}, {HttpMethods.Head}";
        return $"Allowed here: {allowed}.";
    }

    public static string OfRate(HttpContext context) =>
        $"The key {WireText.Quote(context.User.Identity?.Name ?? "")} has made more requests than its RequestsPerSecond under {KeySetting} allows. Go on after the seconds in Retry-After.";

    private static string NounOf(string parameter) => parameter switch
    {
        "itemId" => "item",
        "userId" => "user",
        "erasureId" => "erasure",
        "section" => "section in the store",
        "keyName" => "key of the store",
        "runId" => "model run",
        "version" => "model version",
        "id" => "interaction",
        "orderId" => "order",
        _ => parameter,
    };
}
