using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>Takes in the items of a serving state that is to be built, one after the other, and keeps no records but columns.</summary>
/// <param name="limits">Of the columns; null for the defaults.</param>
public sealed class CatalogueBuilder(CatalogueLimits? limits = null)
{
    private readonly List<int> keys = [];
    private readonly List<string> ids = [];
    private readonly Dictionary<int, ItemContent> contents = [];
    private bool isTaken;

    public int Count => keys.Count;

    /// <summary>By item index.</summary>
    public IReadOnlyList<int> Keys => keys;

    /// <summary>By item index.</summary>
    public IReadOnlyList<string> Ids => ids;

    /// <summary>By item index; changed by the state that they are built into.</summary>
    public CatalogueColumns Columns { get; } = new(limits ?? new CatalogueLimits());

    /// <summary>Whether there is an item with a catalogue record that may be shown.</summary>
    public bool AnyToShow { get; private set; }

    public static CatalogueBuilder Of(IEnumerable<ServedItem> items, CatalogueLimits? limits = null)
    {
        var builder = new CatalogueBuilder(limits);
        foreach (var item in items)
            builder.Add(item);
        return builder;
    }

    /// <param name="item">With a higher key than the one before.</param>
    public void Add(ServedItem item)
    {
        if (item.Content is { } content)
            contents[Count] = content;
        AnyToShow |= item.Item is { Listed: true, IsServable: true };
        Columns.Put(Count, item.Item);
        keys.Add(item.Key);
        ids.Add(item.ItemId);
    }

    /// <summary>Null for an item that came without.</summary>
    public ItemContent? ContentOf(int itemIndex) => contents.GetValueOrDefault(itemIndex);

    /// <summary>The columns, for the one state that changes them from now on.</summary>
    /// <exception cref="InvalidOperationException">A state has them already.</exception>
    internal CatalogueColumns TakeColumns()
    {
        if (isTaken)
            throw new InvalidOperationException("The items are those of a state already: read them again for another.");
        isTaken = true;
        return Columns;
    }
}
