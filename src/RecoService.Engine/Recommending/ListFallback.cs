using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>What becomes of a list that is shorter than its limit.</summary>
public enum ListFallback
{
    /// <summary>It stays short.</summary>
    None,

    /// <summary>The same placement without the filter fills it up.</summary>
    Relax,

    /// <summary>What most users are for fills it up, under the same filter.</summary>
    Popular,
}

/// <summary>A list, and what filled it up.</summary>
/// <param name="Items">Best first; what was filled up stands last.</param>
/// <param name="Used"><see cref="ListFallback.None"/> where nothing was needed, or found.</param>
public readonly record struct FilledList(List<Candidate> Items, ListFallback Used);
