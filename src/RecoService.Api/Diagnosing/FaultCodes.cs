namespace RecoService.Api.Diagnosing;

/// <summary>The codes of faults whose cost is measured; the others have theirs where they are found.</summary>
internal static class FaultCodes
{
    public const string Programs = "programs";
    public const string UnlistedItems = "unlisted-items";
    public const string KindDominates = "kind-dominates";

    /// <summary>A kind with this share of all acts or more leaves the others unheard.</summary>
    public const double DominantShare = 0.98;

    /// <summary>Shares of fewer acts say nothing.</summary>
    public const long FewestActs = 100;
}
