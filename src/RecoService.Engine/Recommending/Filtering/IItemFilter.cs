using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Why an item is not in a list.</summary>
public enum Absence
{
    /// <summary>It is in the list.</summary>
    None,

    /// <summary>The catalogue does not show it to anybody: it is unavailable, hidden or deleted, or has no record and too few users.</summary>
    Catalogue,

    /// <summary>The user has consumed it.</summary>
    Consumed,

    /// <summary>The request excludes it, or is about it.</summary>
    Excluded,

    /// <summary>The request's filter does not hold for it.</summary>
    Filter,

    /// <summary>The placement's own filter does not hold for it.</summary>
    PlacementFilter,

    /// <summary>A rule of the merchant excludes it.</summary>
    Rule,

    /// <summary>Another of its group is in the list.</summary>
    Group,

    /// <summary>It stands below the last place.</summary>
    BelowTheList,

    /// <summary>No source of the placement knows it.</summary>
    NoSource,

    /// <summary>The placement orders given items, and it is not among them.</summary>
    NotGiven,
}

/// <summary>Says of one request which items it must not show.</summary>
internal interface IItemFilter
{
    /// <summary>Why what it leaves out is not in a list.</summary>
    Absence Absence { get; }

    /// <summary>Sets the bits of the items to leave out; never clears one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="blocked">A bit per item index of the serving state. An item that arrived after it was sized has none, and cannot be proposed either.</param>
    void Block(in RequestContext context, Span<ulong> blocked);
}
