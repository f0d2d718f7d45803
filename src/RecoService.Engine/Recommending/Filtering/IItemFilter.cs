using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Filtering;

/// <summary>Says of one request which items it must not show.</summary>
internal interface IItemFilter
{
    /// <summary>Sets the bits of the items to leave out; never clears one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="blocked">A bit per item index of the serving state. An item that arrived after it was sized has none, and cannot be proposed either.</param>
    void Block(in RequestContext context, Span<ulong> blocked);
}
