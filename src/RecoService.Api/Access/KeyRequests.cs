using System.Text.RegularExpressions;
using RecoService.Api.Security;
using RecoService.Api.Settings;
using RecoService.Api.Wire;

namespace RecoService.Api.Access;

/// <summary>A key to be made.</summary>
internal sealed partial record CreateKeyRequest
{
    /// <summary>Stands for the key in logs: 1 to 64 letters, digits, '.', '_' or '-'.</summary>
    public string? Name { get; init; }

    /// <summary>Storefront, Viewer or Admin.</summary>
    public string? Role { get; init; }

    /// <summary>The groups of operations to which it is bound; all that its role opens when left out.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>How many requests a second it may make; any number when left out.</summary>
    public int? RequestsPerSecond { get; init; }

    /// <summary>From when on it opens nothing; never when left out.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public void Check(DateTimeOffset now, ICollection<FieldProblem> problems)
    {
        if (Name is null || !NamePattern().IsMatch(Name))
            problems.Add(new FieldProblem("name", "must be 1 to 64 letters, digits, '.', '_' or '-'"));
        if (Role is null || !Enum.GetNames<ApiKeyRole>().Contains(Role, StringComparer.Ordinal))
            problems.Add(new FieldProblem("role", $"must be one of {string.Join(", ", Enum.GetNames<ApiKeyRole>())}"));
        for (var position = 0; position < Scopes?.Count; position++)
        {
            if (!KeyScopes.All.Contains(Scopes[position], StringComparer.Ordinal))
                problems.Add(new FieldProblem($"scopes[{position}]", $"must be one of {string.Join(", ", KeyScopes.All)}"));
        }

        if (Scopes?.Count > KeyScopes.All.Count)
            problems.Add(new FieldProblem("scopes", $"has more than the {KeyScopes.All.Count} groups there are"));
        if (RequestsPerSecond is < 1 or > 1_000_000)
            problems.Add(new FieldProblem("requestsPerSecond", "must be between 1 and 1000000"));
        if (ExpiresAt <= now)
            problems.Add(new FieldProblem("expiresAt", "must lie ahead"));
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamePattern();
}

/// <summary>How a key is given another secret.</summary>
internal sealed record RotateKeyRequest
{
    public const int MostOverlapSeconds = 30 * 24 * 3600;

    /// <summary>For how many seconds the present secret goes on, 0 to 2592000; an hour when left out.</summary>
    public int? OverlapSeconds { get; init; }

    public TimeSpan Check(ICollection<FieldProblem> problems)
    {
        if (OverlapSeconds is < 0 or > MostOverlapSeconds)
            problems.Add(new FieldProblem("overlapSeconds", $"must be between 0 and {MostOverlapSeconds}"));
        return TimeSpan.FromSeconds(OverlapSeconds ?? 3600);
    }
}
