namespace RecoService.Engine.Models;

/// <summary>Says how alike given items are, on one scale for all; whoever proposes the items does it. Thread-safe, and allocates nothing once warm.</summary>
internal interface IItemLikeness
{
    /// <summary>How like an item others are.</summary>
    /// <param name="itemIndex">An item index of the serving state, which may be beyond those of a model.</param>
    /// <param name="others">Such indexes, in any order.</param>
    /// <param name="likeness">One per other: 1 for the same, 0 for nothing in common, below 0 for the opposite; NaN where one of the two is unknown.</param>
    void LikenessOf(int itemIndex, ReadOnlySpan<int> others, Span<float> likeness);
}
