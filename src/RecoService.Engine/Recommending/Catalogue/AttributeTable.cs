namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// The shop's own attributes of items or of users, in typed columns by name and index. Readers take no lock; writers are serialised by whoever owns the table. A column
/// that comes to exceed the limits is given up, until the table is built anew, and so is one that nothing uses when there is need of its place.
/// </summary>
internal sealed class AttributeTable(CatalogueLimits limits)
{
    /// <summary>More names of what is left out help nobody.</summary>
    private const int MostLeftOut = 100;

    private volatile Dictionary<string, AttributeColumns> attributes = new(StringComparer.Ordinal);
    private volatile LeftOutColumn[] leftOut = [];
    private volatile int layout;
    private long puts;

    /// <summary>A name was left out. From then on all new ones are, for nobody knows any more what has them.</summary>
    private bool isFull;

    /// <summary>The columns that have a value now, by name.</summary>
    public IEnumerable<CatalogueColumn> InUse =>
        attributes.Values.OrderBy(attribute => attribute.Name, StringComparer.Ordinal).SelectMany(attribute => attribute.Columns).Where(column => column.ItemCount > 0);

    /// <summary>What is left out because it exceeds the limits, in the order in which that came up; the first 100.</summary>
    public IReadOnlyList<LeftOutColumn> LeftOut => leftOut;

    /// <summary>The names that have or had a column.</summary>
    public IEnumerable<string> Names => attributes.Keys;

    /// <summary>Grows when a column comes or is given up.</summary>
    public int Layout => layout;

    /// <summary>What the columns take in memory, in bytes.</summary>
    public long ByteCount => All.Sum(column => column.ByteCount);

    /// <summary>Texts and lists that stay until the table is built anew, whether something has them or not.</summary>
    public int EntryCount => All.Sum(column => column.EntryCount);

    private IEnumerable<CatalogueColumn> All => attributes.Values.SelectMany(attribute => attribute.Columns);

    /// <summary>The values of one type of an attribute; null where there have been none, or they exceed the limits.</summary>
    public T? Find<T>(string name)
        where T : CatalogueColumn => attributes.GetValueOrDefault(name)?.Columns.OfType<T>().FirstOrDefault();

    /// <summary>Puts values in the place of all that an index had.</summary>
    public void Put(int index, IReadOnlyList<ItemAttribute> values)
    {
        var put = ++puts;
        // What is there no more goes first, for it may make room.
        foreach (var value in values)
        {
            if (attributes.TryGetValue(value.Name, out var known))
                known.LastPut = put;
        }

        foreach (var attribute in attributes.Values)
        {
            if (attribute.LastPut != put)
                attribute.Clear(index);
        }

        foreach (var value in values)
        {
            if (AttributeOf(value.Name) is not { } attribute)
                LeaveOut(value.Name, value.Type, value.Name.Length > limits.TextLength ? LeftOutReason.TextTooLong : LeftOutReason.TooManyAttributes);
            else
                Put(attribute, index, value);
        }
    }

    /// <summary>Notes what is left out.</summary>
    /// <param name="name">Of the attribute; null for what is none.</param>
    /// <param name="type">Which of its values.</param>
    /// <param name="reason">Why.</param>
    public void LeaveOut(string? name, ColumnType type, LeftOutReason reason)
    {
        var column = new LeftOutColumn(name?[..Math.Min(name.Length, limits.TextLength)], type, reason);
        if (leftOut.Length < MostLeftOut && !leftOut.Contains(column))
            leftOut = [.. leftOut, column];
    }

    private void Put(AttributeColumns attribute, int index, in ItemAttribute value)
    {
        var before = attribute.Layout;
        if (attribute.Put(index, value) is { } reason)
            LeaveOut(value.Name, value.Type, reason);
        if (attribute.Layout != before)
            layout++;
    }

    /// <summary>Null where there is no place for one more.</summary>
    private AttributeColumns? AttributeOf(string name)
    {
        var known = attributes;
        if (known.TryGetValue(name, out var attribute))
            return attribute;
        if (isFull || name.Length > limits.TextLength)
            return null;
        var unused = known.Count < limits.Attributes ? null : known.Values.FirstOrDefault(candidate => candidate.IsUnused);
        isFull = known.Count >= limits.Attributes && unused is null;
        if (isFull)
            return null;
        attribute = new AttributeColumns(name, limits);
        var changed = new Dictionary<string, AttributeColumns>(known, StringComparer.Ordinal) { [name] = attribute };
        if (unused is not null)
            changed.Remove(unused.Name);
        attributes = changed;
        layout++;
        return attribute;
    }
}
