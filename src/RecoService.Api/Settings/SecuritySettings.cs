using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>Who may call.</summary>
public sealed class SecuritySettings
{
    public List<ApiKeySettings> ApiKeys { get; set; } = [];

    /// <summary>A secret of the service that no database holds. With it, nobody who reads the database can try keys against the hashes there, and nobody who writes it can make an entry of the audit log.
    /// All replicas of a shop have the same.</summary>
    [Secret, StringLength(256, MinimumLength = 16)]
    public string? Pepper { get; set; }

    /// <summary>Peppers that were in use before, the latest first: hashes made with them go on being known.</summary>
    [Secret]
    public List<string> PreviousPeppers { get; set; } = [];

    /// <summary>The current pepper first; none where there is none.</summary>
    internal IReadOnlyList<string> Peppers => Pepper is null ? PreviousPeppers : [Pepper, .. PreviousPeppers];

    /// <summary>For how long a browser that came by HTTPS comes by nothing else (<c>Strict-Transport-Security</c>); 0 says nothing of it. Loopback addresses are left out.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "730.00:00:00")]
    public TimeSpan HstsMaxAge { get; set; } = TimeSpan.FromDays(365);

    /// <summary>What is wrong with the keys beside their fields.</summary>
    internal IEnumerable<string> KeyFaults()
    {
        foreach (var key in ApiKeys.Where(key => key.Key is null == key.KeyHash is null))
            yield return $"Reco:Security:ApiKeys: the key '{key.Name}' needs either Key or KeyHash.";
        foreach (var key in ApiKeys)
        {
            foreach (var scope in key.Scopes.Where(scope => !KeyScopes.All.Contains(scope, StringComparer.Ordinal)))
                yield return $"Reco:Security:ApiKeys: '{scope}' of the key '{key.Name}' is no group of operations; the groups are {string.Join(", ", KeyScopes.All)}.";
        }

        if (ApiKeys.GroupBy(key => (key.Key, key.KeyHash)).Any(group => group.Count() > 1))
            yield return "Reco:Security:ApiKeys: two keys are the same.";
        if (ApiKeys.Exists(key => key.KeyHash?.StartsWith(KeyHashes.KeyedPrefix, StringComparison.Ordinal) == true) && Peppers.Count == 0)
            yield return "Reco:Security:Pepper: a key has an hmac-sha256 hash, which takes the pepper that it was made with.";
        foreach (var pepper in PreviousPeppers.Where(pepper => pepper.Length is < 16 or > 256))
            yield return "Reco:Security:PreviousPeppers: a pepper has 16 to 256 characters.";
    }

    /// <summary>For how many days the log of what admins changed is kept; 0 keeps it for ever.</summary>
    [Range(0, 36_500)]
    public int AuditRetentionDays { get; set; } = 365;
}

public enum ApiKeyRole
{
    Storefront,
    Viewer,
    Admin,
}

/// <summary>A key that callers present in the header <c>X-Api-Key</c>. At least one is required outside Development; names and keys must differ.</summary>
public sealed class ApiKeySettings
{
    /// <summary>Stands in logs and metrics in place of the key.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_.-]{1,64}$", ErrorMessage = "Name must be 1 to 64 letters, digits, '.', '_' or '-'.")]
    public string Name { get; set; } = "";

    /// <summary>What the key opens: <c>Storefront</c> the calls of the shop, <c>Viewer</c> what an admin reads and nothing that changes anything, <c>Admin</c> all calls.</summary>
    public ApiKeyRole Role { get; set; } = ApiKeyRole.Storefront;

    /// <summary>The secret itself. Either this or <c>KeyHash</c> is required.</summary>
    [Secret, StringLength(256, MinimumLength = 16)]
    public string? Key { get; set; }

    /// <summary>In the place of the secret its hash, as <c>keys new</c> prints it: <c>sha256:</c> and 64 hexadecimal digits, or <c>hmac-sha256:</c> where there is a pepper. The secret must have been drawn at random.</summary>
    [Secret, RegularExpression("^(hmac-)?sha256:[0-9a-f]{64}$", ErrorMessage = "KeyHash must be sha256: or hmac-sha256: and 64 hexadecimal digits in lower case.")]
    public string? KeyHash { get; set; }

    /// <summary>The groups of operations to which the key is bound, as <c>recommendations</c> or <c>model-runs</c>; without any it opens all that its role opens.</summary>
    public List<string> Scopes { get; set; } = [];

    /// <summary>From when on the key opens nothing. Without a value: never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>How many requests a second this key may make, with bursts of as many; more are answered 429. 0 is no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }
}
