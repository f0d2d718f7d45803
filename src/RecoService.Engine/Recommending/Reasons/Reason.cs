using RecoService.Engine.Models;

namespace RecoService.Engine.Recommending.Reasons;

/// <summary>Why an item is in a list.</summary>
/// <param name="Code">Where most of its score comes from.</param>
/// <param name="Items">What speaks most for it, the most first; three at most. Empty where no item does, or where the source cannot say which.</param>
public sealed record Reason(ReasonCode Code, IReadOnlyList<ReasonItem> Items)
{
    /// <summary>The reason of every item that is like one.</summary>
    public static Reason Similar(int itemIndex) => new(ReasonCode.Similar, [new ReasonItem(itemIndex, 1)]);
}

/// <param name="ItemIndex">An item of the history, or one that the request is about; an index of the serving state.</param>
/// <param name="Share">
/// Its part, above 0 up to 1, of all that speaks for the candidate; what speaks against it is left aside. It is meant with the rest of the history as it is: see
/// <see cref="IExplainableScorer"/>.
/// </param>
public readonly record struct ReasonItem(int ItemIndex, float Share);
