using FsCheck;
using FsCheck.Fluent;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>Expressions that are well-formed, texts that are not, and items for them.</summary>
internal static class FilterGenerators
{
    private static readonly string[] Texts = ["", "a", "b", "ab", "b\"\\c", "Ünï\n\u0001", "2026-01-02", "> a"];
    private static readonly string[] Paths = ["a", "a > b", "a>b>c", "b", "c > a", "", ">"];
    private static readonly string[] Dates = ["2026-01-01", "2026-01-02", "2026-01-02T00:00:00Z", "2026-01-02T12:00:00+02:00", "2026-01-03T06:30"];
    private static readonly double[] Numbers = [-1, 0, 0.5, 1, 2, 3e10];
    private static readonly string[] Pieces =
    [
        "price", "brand", "tags", "category", "current", "context.x", "user.", "attributes", ".", "and", "or", "not", "in", "is", "missing", "contains", "true", "false", "(", ")", ",", "=", "!=", "<",
        "<=", ">", ">=", "!", "1", "-2.5e3", "1e", "\"a\"", "\"", "\\", "`", "`odd name`", " ", "\t", "\0", "é", "😀", "\ud800", "'", "0x1", "--", "&&",
    ];

    /// <summary>Fields with the values that they are compared with; of the last, values of all types.</summary>
    private static readonly (FilterReference Field, string Type)[] Fields =
    [
        (Item("price"), "number"), (Item("salePrice"), "number"), (Item("weight"), "number"), (Item("currency"), "text"), (Item("groupId"), "text"), (Item("brand"), "text"), (Item("odd `name"), "text"), (Item("not"), "text"),
        (Item("tags"), "list"), (Item("category"), "path"), (Item("categories"), "path"), (Item("addedAt"), "date"), (Item("organic"), "flag"), (Item("itemId"), "id"), (Item("mixed"), "any"),
        (Item("brand") with { IsAttribute = true }, "text"), (Item("price") with { IsAttribute = true }, "text"), (Item("consumesForDays"), "number"),
    ];

    /// <summary>All attributes with all their types, so that nothing generated is unknown.</summary>
    public static CatalogueItem Complete(int form) => FilterShop.Listed with
    {
        Categories = ["a"],
        Attributes =
        [
            ItemAttribute.Of("weight", 1), ItemAttribute.Of("brand", "a"), ItemAttribute.Of("odd `name", "a"), ItemAttribute.Of("not", "a"), ItemAttribute.Of("tags", ["a"]), ItemAttribute.Of("organic", true),
            ItemAttribute.Of("price", "a"), form switch { 0 => ItemAttribute.Of("mixed", 1), 1 => ItemAttribute.Of("mixed", "a"), 2 => ItemAttribute.Of("mixed", ["a"]), _ => ItemAttribute.Of("mixed", true) },
        ],
    };

    public static Gen<CatalogueItem> Record() =>
        from has in Gen.Choose(0, 0xffff)
        from picks in Gen.Choose(0, 5).ListOf(10)
        select new CatalogueItem((has & 1) == 0, true, false, (has & 0xf000) == 0x1000, (has & 2) == 0 ? Texts[picks[0]] : null)
        {
            Price = (has & 4) == 0 ? Numbers[picks[1]] : null,
            SalePrice = (has & 4) == 0 && (has & 8) != 0 ? Numbers[picks[2]] : null,
            Currency = (has & 8) == 0 ? Texts[picks[2]] : null,
            AddedAt = (has & 16) == 0 ? FilterShop.At("2026-01-01T00:00:00Z") + (picks[3] * 36_000_000L) : null,
            ConsumesForDays = (has & 32) == 0 ? Numbers[picks[4]] : null,
            Categories = [.. Paths.Where((_, path) => ((has >> path) & (picks[5] + 1)) == 1)],
            Attributes =
            [
                .. (has & 64) == 0 ? [ItemAttribute.Of("weight", Numbers[picks[6]])] : Array.Empty<ItemAttribute>(),
                .. (has & 128) == 0 ? [ItemAttribute.Of("brand", Texts[picks[7]]), ItemAttribute.Of("price", Texts[picks[6]])] : Array.Empty<ItemAttribute>(),
                .. (has & 256) == 0 ? [ItemAttribute.Of("odd `name", Texts[picks[8]]), ItemAttribute.Of("not", Texts[picks[9]])] : Array.Empty<ItemAttribute>(),
                .. (has & 512) == 0 ? [ItemAttribute.Of("tags", Texts[picks[0]..])] : Array.Empty<ItemAttribute>(),
                .. (has & 1024) == 0 ? [ItemAttribute.Of("organic", picks[1] % 2 == 0)] : Array.Empty<ItemAttribute>(),
                .. (has & 2048) == 0 ? [Mixed(picks[2], picks[3])] : Array.Empty<ItemAttribute>(),
            ],
        };

    public static Gen<FilterExpression> Expression(int depth)
    {
        if (depth == 0)
            return Gen.Frequency((8, Comparison()), (1, Presence()));
        var part = Expression(depth - 1);
        return Gen.Frequency(
            (3, Expression(0)),
            (2, from parts in part.Two() from more in part.ListOf(1) from isThree in Gen.Choose(0, 1) select (FilterExpression)new AllOf(0, [parts.Item1, parts.Item2, .. more.Take(isThree)])),
            (2, from parts in part.Two() select (FilterExpression)new AnyOf(0, [parts.Item1, parts.Item2])),
            (1, from inner in part select (FilterExpression)new Negation(0, inner)));
    }

    /// <summary>Pieces of expressions in any order, so that the parser comes far, and what an editor makes of a good text.</summary>
    public static Gen<string> Garbage() => Gen.Frequency(
        (3, from count in Gen.Choose(0, 14) from pieces in Gen.Elements(Pieces).ListOf(count) from between in Gen.Elements("", " ") select string.Join(between, pieces)),
        (1, from characters in Gen.Choose(0, 0x2ff).Select(code => (char)code).ListOf(20) select new string([.. characters])),
        (3, from expression in Expression(2)
            from at in Gen.Choose(0, 1000)
            from length in Gen.Choose(0, 3)
            from piece in Gen.Elements(Pieces)
            let text = expression.ToString()
            let start = at % text.Length
            select string.Concat(text.AsSpan(0, start), piece, text.AsSpan(Math.Min(text.Length, start + length)))));

    /// <summary>Equal but for positions.</summary>
    public static bool AreSame(FilterExpression one, FilterExpression other) => (one, other) switch
    {
        (AllOf a, AllOf b) => AreSame(a.Parts, b.Parts),
        (AnyOf a, AnyOf b) => AreSame(a.Parts, b.Parts),
        (Negation a, Negation b) => AreSame(a.Inner, b.Inner),
        (Presence a, Presence b) => a.IsMissing == b.IsMissing && AreSame(a.Subject, b.Subject),
        (Comparison a, Comparison b) => a.Operator == b.Operator && AreSame(a.Left, b.Left) && a.Values.Count == b.Values.Count && a.Values.Zip(b.Values).All(pair => AreSame(pair.First, pair.Second)),
        _ => false,
    };

    private static bool AreSame(IReadOnlyList<FilterExpression> one, IReadOnlyList<FilterExpression> other) => one.Count == other.Count && one.Zip(other).All(pair => AreSame(pair.First, pair.Second));

    private static bool AreSame(FilterOperand one, FilterOperand other) => (one with { Position = 0 }).Equals(other with { Position = 0 });

    private static FilterReference Item(string name) => new(0, FilterScope.Item, name);

    private static ItemAttribute Mixed(int type, int pick) => type switch
    {
        0 => ItemAttribute.Of("mixed", Numbers[pick]),
        1 or 2 => ItemAttribute.Of("mixed", Texts[pick]),
        3 => ItemAttribute.Of("mixed", Texts[pick..]),
        _ => ItemAttribute.Of("mixed", pick % 2 == 0),
    };

    private static Gen<FilterExpression> Presence() =>
        from field in Gen.Elements(Fields)
        from scope in Gen.Elements(FilterScope.Item, FilterScope.Item, FilterScope.Current, FilterScope.Context)
        from isMissing in Gen.Elements(true, false)
        select (FilterExpression)new Presence(0, scope == FilterScope.Context ? new FilterReference(0, scope, "text") : field.Field with { Scope = scope }, isMissing);

    private static Gen<FilterExpression> Comparison() =>
        from field in Gen.Elements(Fields)
        from scope in Gen.Elements(FilterScope.Item, FilterScope.Item, FilterScope.Item, FilterScope.Current)
        from comparison in Gen.Elements(OperatorsOf(field.Type))
        from count in comparison is FilterOperator.In or FilterOperator.NotIn ? Gen.Choose(1, 3) : Gen.Constant(1)
        from values in Operand(field.Type, field.Field, comparison).ListOf(count)
        from isTurned in Gen.Choose(0, 5)
        select (FilterExpression)(isTurned == 0 && scope == FilterScope.Item && values is [FilterReference { Scope: FilterScope.Context or FilterScope.Current } left] && comparison is not (FilterOperator.In or FilterOperator.NotIn or FilterOperator.Contains)
            ? new Comparison(0, left, comparison, [field.Field])
            : new Comparison(0, field.Field with { Scope = scope }, comparison, [.. values]));

    private static FilterOperator[] OperatorsOf(string type) => type switch
    {
        "number" or "date" => [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.Less, FilterOperator.LessOrEqual, FilterOperator.Greater, FilterOperator.GreaterOrEqual, FilterOperator.In, FilterOperator.NotIn],
        "text" or "any" => [.. Enum.GetValues<FilterOperator>()],
        "list" or "path" => [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.In, FilterOperator.NotIn, FilterOperator.Contains],
        _ => [FilterOperator.Equal, FilterOperator.NotEqual, FilterOperator.In, FilterOperator.NotIn],
    };

    private static Gen<FilterOperand> Operand(string type, FilterReference field, FilterOperator comparison) => Gen.Frequency(
        (6, Literal(type == "any" ? comparison == FilterOperator.Contains ? "text" : comparison is FilterOperator.Less or FilterOperator.GreaterOrEqual ? "number" : comparison is FilterOperator.Greater or FilterOperator.LessOrEqual ? "text" : "any" : type)),
        (1, Gen.Constant<FilterOperand>(field with { Scope = FilterScope.Current })),
        (1, Gen.Elements("text", "path", "number", "date", "flag", "nothing").Select(key => (FilterOperand)new FilterReference(0, FilterScope.Context, key))),
        (1, Gen.Elements("text", "number").Select(key => (FilterOperand)new FilterReference(0, FilterScope.User, key))));

    private static Gen<FilterOperand> Literal(string type) => type switch
    {
        "number" => Gen.Elements(Numbers).Select(number => (FilterOperand)new NumberLiteral(0, number)),
        "path" => Gen.Elements(Paths).Select(path => (FilterOperand)new TextLiteral(0, path)),
        "date" => Gen.Elements(Dates).Select(date => (FilterOperand)new TextLiteral(0, date)),
        "flag" => Gen.Elements(true, false).Select(flag => (FilterOperand)new FlagLiteral(0, flag)),
        "id" => Gen.Choose(0, 200).Select(item => (FilterOperand)new TextLiteral(0, $"i{item}")),
        "any" => Gen.OneOf(Literal("number"), Literal("text"), Literal("flag")),
        _ => Gen.Elements(Texts).Select(text => (FilterOperand)new TextLiteral(0, text)),
    };
}
