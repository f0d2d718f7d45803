using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>How far a reading of the store came. Of two readings of one store, the later has seen every change that the earlier has.</summary>
/// <param name="End">This change and all after it were not seen.</param>
/// <param name="Open">Changes before <paramref name="End"/> that were not committed yet.</param>
public sealed record ReadPoint(long End, IReadOnlyList<long> Open)
{
    /// <summary>In the place of a change that is not known; no reading covers it.</summary>
    public const long Unknown = long.MaxValue;

    /// <summary>Nothing was read.</summary>
    public static ReadPoint None { get; } = new(long.MinValue, []);

    /// <summary>Whether the reading has seen this change; what it read then holds the change, or what became of it since.</summary>
    public bool Covers(long change) => change < End && !Open.Contains(change);

    public bool IsAfter(ReadPoint other) => End > other.End || (End == other.End && Open.Count < other.Open.Count);
}
