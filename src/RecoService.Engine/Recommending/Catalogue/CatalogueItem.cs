namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>What serving must know of an item beyond its id. The live catalogue keeps it in columns.</summary>
/// <param name="Listed">It has a catalogue record; false for an item known only from interactions.</param>
/// <param name="Available">It can be bought now.</param>
/// <param name="Hidden">The shop does not want it shown.</param>
/// <param name="Deleted">It was taken out of the catalogue; nothing else in the record counts.</param>
/// <param name="GroupId">Variants of one article share it: a list shows one of each group.</param>
public sealed record CatalogueItem(bool Listed, bool Available, bool Hidden, bool Deleted, string? GroupId)
{
    /// <summary>Grows with every change of the record, so that of two changes the later is known whatever order they arrive in. 0 for an item without a record.</summary>
    public long Revision { get; init; }

    /// <summary>Unix milliseconds: since when the shop has it; null when that is not known.</summary>
    public long? AddedAt { get; init; }

    /// <summary>After so many days a consumed item may be recommended to the same user again, whatever the kind says; 0: at once. Null: the kind decides.</summary>
    public double? ConsumesForDays { get; init; }

    /// <summary>To be shown; lists and filters do not ask for it.</summary>
    public string? Title { get; init; }

    /// <summary>To be shown.</summary>
    public string? ImageUrl { get; init; }

    public double? Price { get; init; }

    /// <summary>The price while the item is on sale; null when it is not.</summary>
    public double? SalePrice { get; init; }

    /// <summary>Of the prices: ISO 4217, three letters.</summary>
    public string? Currency { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Of two with one name the later counts.</summary>
    public IReadOnlyList<ItemAttribute> Attributes { get; init; } = [];

    /// <summary>An item that only interactions have named.</summary>
    public static CatalogueItem Unlisted { get; } = new(Listed: false, Available: true, Hidden: false, Deleted: false, GroupId: null);

    /// <summary>Nothing in the record speaks against showing it.</summary>
    public bool IsServable => Available && !Hidden && !Deleted;

    internal RecordState State => Deleted
        ? RecordState.Known | RecordState.Deleted
        : RecordState.Known | (Listed ? RecordState.Listed : RecordState.None) | (IsServable ? RecordState.Servable : RecordState.None);
}
