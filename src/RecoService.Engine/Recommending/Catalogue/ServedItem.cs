using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Catalogue;

/// <param name="Key">The store's key.</param>
/// <param name="ItemId">The external id.</param>
/// <param name="Item">What serving must know of it.</param>
/// <param name="Content">What the catalogue says of it, where it may be newer than the models; else null.</param>
public sealed record ServedItem(int Key, string ItemId, CatalogueItem Item, ItemContent? Content = null)
{
    /// <summary>An item that was taken out of the catalogue.</summary>
    /// <param name="key">The store's key.</param>
    /// <param name="itemId">The external id.</param>
    /// <param name="revision">Of the change that took it out.</param>
    public static ServedItem Deleted(int key, string itemId, long revision) =>
        new(key, itemId, new CatalogueItem(Listed: true, Available: false, Hidden: false, Deleted: true, GroupId: null) { Revision = revision });
}
