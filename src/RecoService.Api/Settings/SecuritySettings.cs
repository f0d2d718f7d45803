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

    /// <summary>The secret itself.</summary>
    [Secret, Required, StringLength(256, MinimumLength = 16)]
    public string Key { get; set; } = "";

    /// <summary>How many requests a second this key may make, with bursts of as many; more are answered 429. 0 is no limit.</summary>
    [Range(0, 1_000_000)]
    public int RequestsPerSecond { get; set; }
}
