namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// The columns of one attribute: one for each type that its values have. An attribute that is a number of some items and a text of others has both columns, and
/// every item has a value in one of them at most.
/// </summary>
internal sealed class AttributeColumns(string name, CatalogueLimits limits)
{
    private const int Types = (int)ColumnType.Flag + 1;

    private readonly CatalogueColumn?[] columns = new CatalogueColumn?[Types];
    private readonly bool[] leftOut = new bool[Types];

    public string Name => name;

    /// <summary>The put that wrote it last.</summary>
    public long LastPut { get; set; }

    /// <summary>Grows when a column comes or is given up.</summary>
    public int Layout { get; private set; }

    /// <summary>No item has a value, and no type was left out.</summary>
    public bool IsUnused => !leftOut.Contains(true) && Columns.All(column => column.ItemCount == 0);

    public IEnumerable<CatalogueColumn> Columns => columns.OfType<CatalogueColumn>();

    /// <summary>Writes a value, and clears what the item had of other types.</summary>
    /// <returns>Why the values of this type have no column any more; null as long as they have.</returns>
    public LeftOutReason? Put(int itemIndex, in ItemAttribute value)
    {
        for (var type = 0; type < Types; type++)
        {
            if (type != (int)value.Type)
                columns[type]?.Clear(itemIndex);
        }

        if (leftOut[(int)value.Type] || TryPut(itemIndex, value) is not { } reason)
            return null;
        leftOut[(int)value.Type] = true;
        Volatile.Write(ref columns[(int)value.Type], null);
        Layout++;
        return reason;
    }

    public void Clear(int itemIndex)
    {
        foreach (var column in columns)
            column?.Clear(itemIndex);
    }

    private LeftOutReason? TryPut(int itemIndex, in ItemAttribute value)
    {
        switch (value.Type)
        {
            case ColumnType.Number:
                Column(ColumnType.Number, static name => new NumberColumn(name)).Set(itemIndex, value.Number);
                return null;
            case ColumnType.Flag:
                Column(ColumnType.Flag, static name => new FlagColumn(name)).Set(itemIndex, value.Flag);
                return null;
            case ColumnType.Text:
                return Column(ColumnType.Text, static name => new TextColumn(name)).TryPut(itemIndex, value.Text, limits);
            case ColumnType.List:
                return Column(ColumnType.List, static name => new ListColumn(name)).TryPut(itemIndex, value.List, limits);
            default:
                throw new ArgumentException($"An attribute cannot be a {value.Type}.", nameof(value));
        }
    }

    private T Column<T>(ColumnType type, Func<string, T> make)
        where T : CatalogueColumn
    {
        if (columns[(int)type] is T known)
            return known;
        var made = make(name);
        Volatile.Write(ref columns[(int)type], made);
        Layout++;
        return made;
    }
}
