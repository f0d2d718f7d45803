using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace RecoService.Api.Security;

/// <summary>
/// The authentication scheme of API keys: the key in <c>X-Api-Key</c> becomes a principal with claims for its name and role. Without any configured key
/// (Development only) every caller is an administrator.
/// </summary>
/// <remarks>Logs nothing of its own: the request log has a line per refusal, within a budget for callers without a key.</remarks>
internal sealed class ApiKeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ApiKeysOf keysOf)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, UrlEncoder.Default)
{
    public const string SchemeName = ApiKeyCaller.SchemeName;
    public const string HeaderName = "X-Api-Key";

    private static readonly Task<AuthenticateResult> Missing = Task.FromResult(AuthenticateResult.NoResult());
    private static readonly Task<AuthenticateResult> Unknown = Task.FromResult(AuthenticateResult.Fail("The API key is not known."));

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var known = CallerOf(Request, keysOf(Context), TimeProvider.GetUtcNow());
        return known is not null ? known.Used(TimeProvider.GetUtcNow()).Authenticated : Request.Headers[HeaderName].Count == 1 ? Unknown : Missing;
    }

    /// <summary>Whose key a request presents, or who calls within the process without one: null for nobody, for several keys, and for one that nobody has. Anybody where there are no keys.</summary>
    internal static ApiKeyCaller? CallerOf(HttpRequest request, ApiKeyRing keys, DateTimeOffset now)
    {
        if (keys.IsEmpty)
            return ApiKeyCaller.Anybody;
        var presented = request.Headers[HeaderName];
        return presented.Count == 1 ? keys.Find(presented[0]!, now) : request.HttpContext.Features.Get<CallerInProcess>()?.Caller;
    }

    /// <summary>The body, which says what to do, is written where all bare statuses get theirs.</summary>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = $"ApiKey header=\"{HeaderName}\"";
        return Task.CompletedTask;
    }
}
