namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// What is known of the items, in typed columns over the item indexes of a serving state: the fields of their records, and their attributes, each typed by its
/// values. Readers take no lock; writers are serialised by the <see cref="ServingState"/>. A column is to be looked up by each request: one that comes to exceed the
/// limits is given up, until a state is built anew, and so is one that no item uses when there is need of its place.
/// </summary>
public sealed class CatalogueColumns
{
    /// <summary>Words of the items whose cells lie together in each column.</summary>
    internal const int BlockWords = Cells<byte>.ChunkItems / 64;

    private readonly CatalogueLimits limits;
    private readonly Cells<byte> states = new(absent: 0);
    private readonly Cells<long> revisions = new(absent: 0);
    private volatile ListColumn? categories = new("categories");
    private readonly AttributeTable attributes;
    private volatile int layout;

    internal CatalogueColumns(CatalogueLimits limits)
    {
        this.limits = limits;
        attributes = new AttributeTable(limits);
    }

    /// <summary>Whether <see cref="Titles"/> and <see cref="ImageUrls"/> are kept.</summary>
    public bool KeepsTitles => limits.KeepsTitles;

    public DisplayColumn Titles { get; } = new("title");

    public DisplayColumn ImageUrls { get; } = new("imageUrl");

    /// <summary>In the item's <see cref="Currency"/>.</summary>
    public NumberColumn Price { get; } = new("price");

    /// <summary>The price while an item is on sale, in its <see cref="Currency"/>.</summary>
    public NumberColumn SalePrice { get; } = new("salePrice");

    public TextColumn Currency { get; } = new("currency");

    /// <summary>As the shop writes them, paths included; see <see cref="CategoryPath"/>. Null when they exceed the limits.</summary>
    public ListColumn? Categories => categories;

    public TimeColumn AddedAt { get; } = new("addedAt");

    /// <summary>Variants of one article share it.</summary>
    public TextColumn GroupId { get; } = new("groupId");

    public NumberColumn ConsumesForDays { get; } = new("consumesForDays");

    /// <summary>The columns of the record's fields.</summary>
    public IEnumerable<CatalogueColumn> Fields => ((CatalogueColumn?[])[Titles, ImageUrls, Price, SalePrice, Currency, Categories, AddedAt, GroupId, ConsumesForDays]).OfType<CatalogueColumn>();

    /// <summary>The columns of the attributes that items have now, by name.</summary>
    public IEnumerable<CatalogueColumn> Attributes => attributes.InUse;

    /// <summary>What is left out because it exceeds the limits, in the order in which that came up; the first 100.</summary>
    public IReadOnlyList<LeftOutColumn> LeftOut => attributes.LeftOut;

    /// <summary>What the columns take in memory, in bytes.</summary>
    public long ByteCount => states.ByteCount + revisions.ByteCount + Fields.Sum(column => column.ByteCount) + attributes.ByteCount;

    /// <summary>Grows with every record that was put, when all of it is there.</summary>
    public long Version => Changes.Version;

    /// <summary>Which items changed last.</summary>
    internal CatalogueChanges Changes { get; } = new();

    /// <summary>Grows when a column comes or is given up: what looked columns up before may have others.</summary>
    internal int Layout => layout + attributes.Layout;

    /// <summary>The names of attributes that have or had a column.</summary>
    internal IEnumerable<string> AttributeNames => attributes.Names;

    /// <summary>Texts and lists that stay until a state is built anew, whether an item has them or not.</summary>
    internal int EntryCount => Fields.Sum(column => column.EntryCount) + attributes.EntryCount;

    /// <summary>The values of one type of an attribute; null where no item has had one, or they exceed the limits.</summary>
    public T? Attribute<T>(string name)
        where T : CatalogueColumn => attributes.Find<T>(name);

    /// <summary>It has a catalogue record, and was not taken out.</summary>
    public bool IsListed(int itemIndex) => StateOf(itemIndex).HasFlag(RecordState.Listed);

    /// <summary>Nothing in its record speaks against showing it.</summary>
    public bool IsServable(int itemIndex) => StateOf(itemIndex).HasFlag(RecordState.Servable);

    /// <summary>It was taken out of the catalogue.</summary>
    public bool IsDeleted(int itemIndex) => StateOf(itemIndex).HasFlag(RecordState.Deleted);

    /// <summary>Grows with every change of the item's record; 0 for an item without one.</summary>
    public long RevisionOf(int itemIndex) => revisions[itemIndex];

    /// <summary>Puts a record in the place of what is known of the item.</summary>
    internal void Put(int itemIndex, CatalogueItem item)
    {
        states.Exchange(itemIndex, (byte)item.State);
        revisions.Exchange(itemIndex, item.Revision);
        // Of a deleted item nothing counts but that.
        var record = item.Deleted ? CatalogueItem.Unlisted : item;
        if (limits.KeepsTitles)
        {
            Titles.Set(itemIndex, record.Title);
            ImageUrls.Set(itemIndex, record.ImageUrl);
        }

        Price.Set(itemIndex, record.Price);
        SalePrice.Set(itemIndex, record.SalePrice);
        Currency.Set(itemIndex, record.Currency);
        AddedAt.Set(itemIndex, record.AddedAt);
        GroupId.Set(itemIndex, record.GroupId);
        ConsumesForDays.Set(itemIndex, record.ConsumesForDays);
        if (categories?.TryPut(itemIndex, record.Categories, limits) is { } reason)
        {
            categories = null;
            attributes.LeaveOut(null, ColumnType.List, reason);
            layout++;
        }

        attributes.Put(itemIndex, record.Attributes);
        Changes.Add(itemIndex);
    }

    private RecordState StateOf(int itemIndex) => (RecordState)states[itemIndex];
}
