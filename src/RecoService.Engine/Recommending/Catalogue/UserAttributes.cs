using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// The shop's own attributes of users, by user index of a serving state: what filters and rules call <c>user.</c>. Readers take no lock; writers are serialised by the
/// <see cref="ServingState"/>. The bounds are those of the attributes of items.
/// </summary>
public sealed class UserAttributes
{
    private readonly AttributeTable table;
    private readonly Cells<long> revisions = new(absent: 0);

    /// <param name="limits">Of the columns; null for the defaults.</param>
    public UserAttributes(CatalogueLimits? limits = null) => table = new AttributeTable(limits ?? new CatalogueLimits());

    /// <summary>The columns of the attributes that users have now, by name.</summary>
    public IEnumerable<CatalogueColumn> Columns => table.InUse;

    /// <summary>What is left out because it exceeds the limits, in the order in which that came up; the first 100.</summary>
    public IReadOnlyList<LeftOutColumn> LeftOut => table.LeftOut;

    /// <summary>What the attributes take in memory, in bytes.</summary>
    public long ByteCount => table.ByteCount + revisions.ByteCount;

    /// <summary>Texts and lists that stay until a state is built anew, whether a user has them or not.</summary>
    internal int EntryCount => table.EntryCount;

    /// <summary>The values of one type of an attribute; null where no user has had one, or they exceed the limits.</summary>
    public T? Attribute<T>(string name)
        where T : CatalogueColumn => table.Find<T>(name);

    /// <summary>What a user has, by name; empty for one of whom nothing is known, as for an index below 0.</summary>
    public IReadOnlyList<ItemAttribute> Of(int userIndex)
    {
        if (userIndex < 0)
            return [];
        List<ItemAttribute> found = [];
        foreach (var column in table.InUse)
        {
            switch (column)
            {
                case NumberColumn numbers when numbers[userIndex] is var number && !double.IsNaN(number):
                    found.Add(ItemAttribute.Of(column.Name, number));
                    break;
                case TextColumn texts when texts.TextOf(userIndex) is { } text:
                    found.Add(ItemAttribute.Of(column.Name, text));
                    break;
                case FlagColumn flags when flags[userIndex] is { } flag:
                    found.Add(ItemAttribute.Of(column.Name, flag));
                    break;
                case ListColumn lists when lists[userIndex] is { Length: > 0 } codes:
                    found.Add(ItemAttribute.Of(column.Name, TextsOf(lists, codes)));
                    break;
            }
        }

        return found;
    }

    /// <summary>What a user has, as models read it: numbers apart, all else as <c>name=value</c>.</summary>
    public UserContent ContentOf(int userIndex) => ContentOf(Of(userIndex));

    /// <summary>The same of attributes.</summary>
    public static UserContent ContentOf(IReadOnlyList<ItemAttribute> attributes)
    {
        var (terms, numbers) = (new List<string>(), new List<UserNumber>());
        foreach (var attribute in attributes)
        {
            if (attribute.Type == ColumnType.Number)
                numbers.Add(new UserNumber(attribute.Name, attribute.Number));
            else if (attribute.Type == ColumnType.List)
                terms.AddRange(attribute.List.Select(entry => $"{attribute.Name}={entry}"));
            else
                terms.Add($"{attribute.Name}={(attribute.Type == ColumnType.Text ? attribute.Text : attribute.Flag ? "true" : "false")}");
        }

        return new UserContent { Attributes = terms, Numbers = numbers };
    }

    /// <summary>Puts attributes in the place of all that is known of the user.</summary>
    /// <param name="userIndex">An index of the serving state.</param>
    /// <param name="revision">Of the user's record; an earlier one that comes later changes nothing.</param>
    /// <param name="attributes">Of two with one name the later counts.</param>
    /// <returns>False: a later revision is known.</returns>
    public bool Put(int userIndex, long revision, IReadOnlyList<ItemAttribute> attributes)
    {
        if (revisions[userIndex] > revision)
            return false;
        revisions.Exchange(userIndex, revision);
        table.Put(userIndex, attributes);
        return true;
    }

    /// <summary>Forgets what is known of an erased user.</summary>
    internal void Clear(int userIndex)
    {
        if (revisions[userIndex] > 0)
            table.Put(userIndex, []);
    }

    private static string[] TextsOf(ListColumn lists, ReadOnlySpan<int> codes)
    {
        var texts = new string[codes.Length];
        for (var position = 0; position < texts.Length; position++)
            texts[position] = lists.Texts[codes[position]];
        return texts;
    }
}

/// <summary>A user's record as serving needs it.</summary>
/// <param name="Key">The store's key.</param>
/// <param name="UserId">The external id.</param>
/// <param name="Revision">Grows with every change of the record.</param>
/// <param name="Attributes">Of two with one name the later counts.</param>
public sealed record ServedUser(int Key, string UserId, long Revision, IReadOnlyList<ItemAttribute> Attributes)
{
    /// <summary>The id by which experiments know the user; null: their own.</summary>
    public string? AssignmentId { get; init; }
}
