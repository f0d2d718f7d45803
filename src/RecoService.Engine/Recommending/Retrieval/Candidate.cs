using RecoService.Engine.Experiments;

namespace RecoService.Engine.Recommending.Retrieval;

/// <param name="ItemIndex">An item index of the serving state.</param>
/// <param name="Score">The source's own score; comparable only between candidates of one source.</param>
/// <param name="Source">The name of the source that proposed it.</param>
public readonly record struct Candidate(int ItemIndex, float Score, string Source)
{
    /// <summary>How probable it was to stand at its place, given what stands above it; 1 where nothing was drawn.</summary>
    public float Propensity { get; init; } = 1;

    /// <summary>Whether it stands in for what the first source of the placement did not have.</summary>
    public bool IsFallback { get; init; }

    /// <summary>Whose it is in an interleaved list; null in any other.</summary>
    public Team? Team { get; init; }
}
