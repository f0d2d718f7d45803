using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>Whoever presents one of the keys. Made once per key, with everything that a request asks about it, and never changed, but for when it was last seen.</summary>
internal sealed class ApiKeyCaller : ClaimsPrincipal
{
    public const string SchemeName = "ApiKey";

    private long lastUsed;

    /// <summary>Every caller, where no key is configured.</summary>
    public static readonly ApiKeyCaller Anybody = new("no-key", ApiKeyRole.Admin);

    /// <param name="name">Stands for the key in logs and metrics.</param>
    /// <param name="role">What it may do.</param>
    /// <param name="requestsPerSecond">0 = no limit.</param>
    /// <param name="stamp">Stands for the key where the key itself must not.</param>
    public ApiKeyCaller(string name, ApiKeyRole role, int requestsPerSecond = 0, string stamp = "")
        : base(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role.ToString())], SchemeName))
    {
        Name = name;
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

    /// <summary>Stands for the key.</summary>
    public string Name { get; }

    /// <summary>When this process last saw the key; null: not since the start.</summary>
    public DateTimeOffset? LastUsedAt => Interlocked.Read(ref lastUsed) is not 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>As policies spell it.</summary>
    public string Role { get; }

    /// <summary>A hash of the key's name and secret, by which a session names its key. Changes with either.</summary>
    public string Stamp { get; }

    /// <summary>0 = no limit.</summary>
    public int RequestsPerSecond { get; }

    /// <summary>The groups of operations to which it is bound; none: all that its role opens.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>From when on it opens nothing; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public bool IsExpiredAt(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Whether its scopes hold a group of operations; what has no group is for keys without scopes.</summary>
    public bool Opens(string? scope) => Scopes.Count == 0 || (scope is not null && Scopes.Contains(scope, StringComparer.Ordinal));

    /// <summary>Whether it opens nothing that another does not: only such keys may be made and changed with that other.</summary>
    public static bool IsWithin(IReadOnlyCollection<string> scopes, ApiKeyCaller other) => other.Scopes.Count == 0 || (scopes.Count > 0 && scopes.All(other.Opens));

    public Task<AuthenticateResult> Authenticated { get; }

    /// <summary>Notes that the key was seen.</summary>
    public ApiKeyCaller Used(DateTimeOffset now)
    {
        Interlocked.Exchange(ref lastUsed, now.UtcTicks);
        return this;
    }

    /// <summary>Its own, also where a key of another shop has the same name.</summary>
    public RateLimitPartition<ApiKeyCaller> Limit { get; }
}
