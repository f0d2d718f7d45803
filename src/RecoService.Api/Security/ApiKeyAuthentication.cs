using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>Tells who calls from the <c>X-Api-Key</c> header. Without any configured key (Development only) every caller is an administrator.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiKeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string HeaderName = "X-Api-Key";
    public const string OpenName = "no-key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (keys.IsEmpty)
            return Task.FromResult(Succeed(OpenName, ApiKeyRole.Admin));
        if (!Request.Headers.TryGetValue(HeaderName, out var presented) || presented.Count != 1)
            return Task.FromResult(AuthenticateResult.NoResult());
        return Task.FromResult(keys.Find(presented[0]!) is { } key
            ? Succeed(key.Name, key.Role)
            : AuthenticateResult.Fail("The API key is not known."));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = $"ApiKey header=\"{HeaderName}\"";
        return Task.CompletedTask;
    }

    private static AuthenticateResult Succeed(string name, ApiKeyRole role)
    {
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.ToString())], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }
}
