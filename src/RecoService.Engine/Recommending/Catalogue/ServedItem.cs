using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Catalogue;

/// <param name="Key">The store's key.</param>
/// <param name="ItemId">The external id.</param>
/// <param name="Item">What serving must know of it.</param>
/// <param name="Content">What the catalogue says of it, where it may be newer than the models; else null.</param>
public sealed record ServedItem(int Key, string ItemId, CatalogueItem Item, ItemContent? Content = null);
