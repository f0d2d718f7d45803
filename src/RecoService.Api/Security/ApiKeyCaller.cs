using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>Whoever presents one of the keys. Made once per key, with everything that a request asks about it, and never changed.</summary>
internal sealed class ApiKeyCaller : ClaimsPrincipal
{
    public const string SchemeName = "ApiKey";

    /// <summary>Every caller, where no key is configured.</summary>
    public static readonly ApiKeyCaller Anybody = new("no-key", ApiKeyRole.Admin);

    /// <param name="name">Stands for the key in logs and metrics.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="requestsPerSecond">0 = no limit.</param>
    /// <param name="stamp">Stands for the key where the key itself must not.</param>
    public ApiKeyCaller(string name, ApiKeyRole role, int requestsPerSecond = 0, string stamp = "")
        : base(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.ToString())], SchemeName))
    {
        Role = role.ToString();
        Stamp = stamp;
        RequestsPerSecond = requestsPerSecond;
        Authenticated = Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(this, SchemeName)));
        Limit = requestsPerSecond == 0 ? RateLimitPartition.GetNoLimiter(this) : RateLimitPartition.GetTokenBucketLimiter(this, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = requestsPerSecond,
            TokensPerPeriod = requestsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });
    }

    /// <summary>As policies spell it.</summary>
    public string Role { get; }

    /// <summary>A hash of the key's name and secret, by which a session names its key. Changes with either.</summary>
    public string Stamp { get; }

    /// <summary>0 = no limit.</summary>
    public int RequestsPerSecond { get; }

    public Task<AuthenticateResult> Authenticated { get; }

    /// <summary>Its own, also where a key of another shop has the same name.</summary>
    public RateLimitPartition<ApiKeyCaller> Limit { get; }
}
