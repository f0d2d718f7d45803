using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace RecoService.WebConsole;

/// <summary>What the console needs of the service that it stands in.</summary>
public interface IConsoleHost
{
    /// <summary>Whether everybody who can reach the service is an administrator, as in Development without keys.</summary>
    bool IsOpen(HttpContext context);

    /// <summary>Whoever has this key.</summary>
    /// <returns>Null for nobody, and for a key that reads nothing of what pages show.</returns>
    ClaimsPrincipal? Find(HttpContext context, string key);

    /// <summary>Whether that key still is what it was when the session began.</summary>
    bool IsValid(HttpContext context, ClaimsPrincipal caller);

    /// <summary>Makes a call of the API within this process, with the rights of whoever looks at the page and no others.</summary>
    /// <param name="page">The page's request.</param>
    /// <param name="request">Its address is relative to the service: <c>/admin/status</c>.</param>
    /// <param name="cancellationToken">The page is no longer wanted.</param>
    Task<HttpResponseMessage> SendAsync(HttpContext page, HttpRequestMessage request, CancellationToken cancellationToken);

    /// <summary>The same with the rights of a shop's storefront, whoever looks at the page.</summary>
    Task<HttpResponseMessage> SendAsStorefrontAsync(HttpContext page, HttpRequestMessage request, CancellationToken cancellationToken);
}
