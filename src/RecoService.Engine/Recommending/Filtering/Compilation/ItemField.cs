using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>A field or attribute of the items, or an attribute of the users, with the columns of its types: null where no item has had a value of a type. Without any for one that nobody knows.</summary>
internal sealed record ItemField(string Name)
{
    public NumberColumn? Numbers { get; init; }

    public TextColumn? Texts { get; init; }

    public ListColumn? Lists { get; init; }

    public FlagColumn? Flags { get; init; }

    public TimeColumn? Times { get; init; }

    /// <summary>The id, which has no column.</summary>
    public IItemIds? Ids { get; init; }

    /// <summary>Its texts are paths, and a text means what is below it too.</summary>
    public bool HasPaths { get; init; }

    public bool IsText => Texts is not null || Lists is not null || Ids is not null;

    public bool IsKnown => IsText || Numbers is not null || Flags is not null || Times is not null;

    public IEnumerable<CatalogueColumn> Columns => ((CatalogueColumn?[])[Numbers, Texts, Lists, Flags, Times]).OfType<CatalogueColumn>();

    /// <summary>Its types in words.</summary>
    public string TypeName => string.Join(" or ", ((string?[])[
        Numbers is null ? null : "a number", Texts is null && Ids is null ? null : "a text", Lists is null ? null : "a list of texts",
        Flags is null ? null : "true or false", Times is null ? null : "a date"]).OfType<string>());

    public static ItemField Of(FilterReference reference, CatalogueColumns columns, IItemIds items)
    {
        var field = new ItemField(reference.Name);
        return (reference.IsAttribute ? null : reference.Name) switch
        {
            FilterNames.ItemId => field with { Ids = items },
            FilterNames.Price => field with { Numbers = columns.Price },
            FilterNames.SalePrice => field with { Numbers = columns.SalePrice },
            FilterNames.Currency => field with { Texts = columns.Currency },
            FilterNames.Categories or FilterNames.Category => field with { Lists = columns.Categories, HasPaths = true },
            FilterNames.AddedAt => field with { Times = columns.AddedAt },
            FilterNames.GroupId => field with { Texts = columns.GroupId },
            FilterNames.ConsumesForDays => field with { Numbers = columns.ConsumesForDays },
            _ => field with
            {
                Numbers = columns.Attribute<NumberColumn>(reference.Name),
                Texts = columns.Attribute<TextColumn>(reference.Name),
                Lists = columns.Attribute<ListColumn>(reference.Name),
                Flags = columns.Attribute<FlagColumn>(reference.Name),
            },
        };
    }

    /// <summary>An attribute of the users.</summary>
    public static ItemField Of(string name, UserAttributes users) => new(name)
    {
        Numbers = users.Attribute<NumberColumn>(name),
        Texts = users.Attribute<TextColumn>(name),
        Lists = users.Attribute<ListColumn>(name),
        Flags = users.Attribute<FlagColumn>(name),
    };

    /// <summary>Adds what an item or a user has.</summary>
    public void AddValues(int itemIndex, ValueSet values)
    {
        if (Numbers is not null && Numbers[itemIndex] is var number && !double.IsNaN(number))
            values.Numbers.Add(number);
        if (Texts?.TextOf(itemIndex) is { } text)
            values.AddText(text);
        if (Flags?[itemIndex] is { } flag)
            values.Flags.Add(flag);
        if (Times?[itemIndex] is { } time)
            values.Times.Add((time, time));
        if (Lists is not null)
        {
            foreach (var code in Lists[itemIndex])
                values.Texts.Add(Lists.Texts[code]);
        }

        if (Ids is not null && itemIndex >= 0 && itemIndex < Ids.Count)
            values.AddText(Ids[itemIndex]);
    }
}
