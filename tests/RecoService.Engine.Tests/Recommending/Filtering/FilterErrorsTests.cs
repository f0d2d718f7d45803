using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Engine.Tests.Recommending.Filtering;

/// <summary>What bad expressions are answered with.</summary>
public sealed class FilterErrorsTests
{
    private static readonly FilterShop Shop = FilterShop.Small();

    [Theory]
    [InlineData("", 0, "Expected a field, `not` or `(`, but found the end.")]
    [InlineData("   ", 3, "Expected a field, `not` or `(`, but found the end.")]
    [InlineData("price", 5, "Expected an operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `contains` or `is`, but found the end.")]
    [InlineData("price 5", 6, "Expected an operator: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `contains` or `is`, but found `5`.")]
    [InlineData("price <", 7, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found the end.")]
    [InlineData("price < and", 8, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `and`.")]
    [InlineData("price < 5 5", 10, "Expected `and`, `or` or the end, but found `5`.")]
    [InlineData("price < 5 and", 13, "Expected a field, `not` or `(`, but found the end.")]
    [InlineData("price < 5 and or", 14, "Expected a field, `not` or `(`, but found `or`.")]
    [InlineData("and price < 5", 0, "Expected a field, `not` or `(`, but found `and`.")]
    [InlineData("not", 3, "Expected a field, `not` or `(`, but found the end.")]
    [InlineData("5 < price", 0, "Expected a field, `not` or `(`, but found `5`.")]
    [InlineData("\"Oak\" = brand", 0, "Expected a field, `not` or `(`, but found `\"Oak\"`.")]
    [InlineData("true", 0, "Expected a field, `not` or `(`, but found `true`.")]
    [InlineData("price == 5", 7, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `=`.")]
    [InlineData("price <> 5", 7, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `>`.")]
    [InlineData("price ! 5", 6, "Expected `!=`, or the word `not`, but found `!`.")]
    [InlineData("price < 5 && price > 1", 10, "Expected the word `and`, but found `&`.")]
    [InlineData("price < 5 || price > 1", 10, "Expected the word `or`, but found `|`.")]
    [InlineData("brand = 'Oak'", 8, "Expected a text in straight double quotes, but found `'`.")]
    [InlineData("brand = “Oak”", 8, "Expected a text in straight double quotes, but found `“`.")]
    [InlineData("brand = \"Oak", 12, "Expected a closing `\"` of the text that begins at 8, but found the end.")]
    [InlineData("brand = \"O\\ak\"", 11, "Expected one of `\"`, `\\`, `/`, `n`, `r`, `t` or `u` behind a backslash, but found `a`.")]
    [InlineData("brand = \"\\u12g4\"", 13, "Expected four hexadecimal digits behind `\\u`, but found `g`.")]
    [InlineData("brand = \"\\", 10, "Expected one of `\"`, `\\`, `/`, `n`, `r`, `t` or `u` behind a backslash, but found the end.")]
    [InlineData("brand in \"Oak\"", 9, "Expected `(`, but found `\"Oak\"`.")]
    [InlineData("brand in ()", 10, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `)`.")]
    [InlineData("brand in (\"Oak\",)", 16, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `)`.")]
    [InlineData("brand in (\"Oak\" \"Elm\")", 16, "Expected `,` or `)`, but found `\"Elm\"`.")]
    [InlineData("brand in (\"Oak\"", 15, "Expected `,` or `)`, but found the end.")]
    [InlineData("brand in [\"Oak\"]", 9, "Expected `(`, but found `[`.")]
    [InlineData("brand not \"Oak\"", 10, "Expected `in`, but found `\"Oak\"`.")]
    [InlineData("brand is \"Oak\"", 9, "Expected `missing` or `not missing`, but found `\"Oak\"`.")]
    [InlineData("brand is not \"Oak\"", 13, "Expected `missing`, but found `\"Oak\"`.")]
    [InlineData("brand.name = \"Oak\"", 5, "Expected an operator, or backticks around a name with a dot, but found `.`.")]
    [InlineData("attributes. = 5", 12, "Expected a name behind `attributes.`, but found `=`.")]
    [InlineData("price < current.", 16, "Expected a name behind `current.`, but found the end.")]
    [InlineData("price < user.5", 13, "Expected a name behind `user.`, but found `5`.")]
    [InlineData("context.a.b = 1", 9, "Expected an operator, or backticks around a name with a dot, but found `.`.")]
    [InlineData("`brand = 5", 10, "Expected a closing backtick of the name that begins at 0, but found the end.")]
    [InlineData("(price < 5", 10, "Expected `and`, `or` or `)`, but found the end.")]
    [InlineData("price < 5)", 9, "Expected `and`, `or` or the end, but found `)`.")]
    [InlineData("price < 5.", 10, "Expected a digit, but found the end.")]
    [InlineData("price < .5", 8, "Expected a number, a text in double quotes, `true`, `false`, or a name, but found `.`.")]
    [InlineData("price < -", 9, "Expected a digit, but found the end.")]
    [InlineData("price < +5", 8, "Expected a number without a `+`, but found `+`.")]
    [InlineData("price < 5e", 9, "Expected a blank or an operator behind the number, but found `e`.")]
    [InlineData("price < 5EUR", 9, "Expected a blank or an operator behind the number, but found `E`.")]
    [InlineData("price < 5e+", 11, "Expected a digit, but found the end.")]
    [InlineData("price < 1e999", 8, "Expected a number of at most 1.7E+308, but found `1e999`.")]
    [InlineData("price < 5 ; price > 1", 10, "Expected a name, a value or an operator, but found `;`.")]
    [InlineData("price < 5 \u0000", 10, "Expected a name, a value or an operator, but found the character 0.")]
    [InlineData("price < 😀", 8, "Expected a name, a value or an operator, but found `😀`.")]
    public void Parse_BadGrammar_SaysWhereAndWhatWasExpected(string text, int position, string message) => AssertError(text, FilterErrorKind.Syntax, position, message);

    [Theory]
    [InlineData("colour = \"red\"", FilterErrorKind.UnknownField, 0, "No item has an attribute `colour`.")]
    [InlineData("price < 5 and Brand = \"Oak\"", FilterErrorKind.UnknownField, 14, "No item has an attribute `Brand`; did you mean `brand`?")]
    [InlineData("brnd = \"Oak\"", FilterErrorKind.UnknownField, 0, "No item has an attribute `brnd`; did you mean `brand`?")]
    [InlineData("brand = current.brnad", FilterErrorKind.UnknownField, 8, "No item has an attribute `brnad`; did you mean `brand`?")]
    [InlineData("attributes.currency = \"EUR\"", FilterErrorKind.UnknownField, 0, "No item has an attribute `currency`; did you mean the field `currency`?")]
    [InlineData("brand = Oak", FilterErrorKind.UnknownField, 8, "No item has an attribute `Oak`. A text stands in double quotes.")]
    [InlineData("brand = Brand", FilterErrorKind.UnknownField, 8, "No item has an attribute `Brand`; did you mean `brand`? A text stands in double quotes.")]
    [InlineData("brand contains false", FilterErrorKind.Type, 15, "`contains` takes a text, but false is none.")]
    [InlineData("`` = 5", FilterErrorKind.UnknownField, 0, "No item has an attribute ``.")]
    [InlineData("price < \"abc\"", FilterErrorKind.Type, 8, "`price` is a number, but \"abc\" is a text.")]
    [InlineData("price = true", FilterErrorKind.Type, 8, "`price` is a number, and cannot be true.")]
    [InlineData("price in (1, \"2\")", FilterErrorKind.Type, 13, "`price` is a number, but \"2\" is a text.")]
    [InlineData("brand = 5", FilterErrorKind.Type, 8, "`brand` is a text, but 5 is a number.")]
    [InlineData("brand contains 5", FilterErrorKind.Type, 15, "`contains` takes a text, but 5 is a number.")]
    [InlineData("price contains \"5\"", FilterErrorKind.Type, 6, "`price` is a number; `contains` is for texts and lists of texts.")]
    [InlineData("itemId contains \"5\"", FilterErrorKind.Type, 7, "`itemId` is an id; `contains` is for texts and lists of texts.")]
    [InlineData("itemId > \"5\"", FilterErrorKind.Type, 7, "`itemId` is an id, which has no order.")]
    [InlineData("organic < true", FilterErrorKind.Type, 8, "`organic` is true or false, which has no order.")]
    [InlineData("organic = \"yes\"", FilterErrorKind.Type, 10, "`organic` is true or false, but \"yes\" is a text.")]
    [InlineData("tags < \"a\"", FilterErrorKind.Type, 5, "`tags` is a list of texts, which has no order.")]
    [InlineData("category > \"Home\"", FilterErrorKind.Type, 9, "`category` is a list of texts, which has no order.")]
    [InlineData("size < true", FilterErrorKind.Type, 7, "true has no order.")]
    [InlineData("addedAt > \"yesterday\"", FilterErrorKind.Type, 10, "`addedAt` is a date, but \"yesterday\" is none; a date is like 2026-01-31 or 2026-01-31T12:00:00Z.")]
    [InlineData("addedAt > \"2026-02-30\"", FilterErrorKind.Type, 10, "`addedAt` is a date, but \"2026-02-30\" is none; a date is like 2026-01-31 or 2026-01-31T12:00:00Z.")]
    [InlineData("addedAt > 5", FilterErrorKind.Type, 10, "`addedAt` is a date, but 5 is a number.")]
    [InlineData("price = current.brand", FilterErrorKind.Type, 8, "`price` is a number, but `current.brand` is a text.")]
    [InlineData("current.price = \"abc\"", FilterErrorKind.Type, 16, "`price` is a number, but \"abc\" is a text.")]
    [InlineData("current.organic >= true", FilterErrorKind.Type, 16, "`organic` is true or false, which has no order.")]
    [InlineData("brand = currency", FilterErrorKind.Type, 8, "`currency` cannot be a value here: fields of one item are compared only where both are numbers. A text stands in double quotes.")]
    [InlineData("price in (salePrice, 5)", FilterErrorKind.Type, 10, "`salePrice` cannot be a value here: fields of one item are compared only where both are numbers. A text stands in double quotes.")]
    [InlineData("context.brand in (brand)", FilterErrorKind.Type, 18, "`brand` cannot be a value here: fields of one item are compared only where both are numbers. A text stands in double quotes.")]
    [InlineData("current.tags contains brand", FilterErrorKind.Type, 22, "`brand` cannot be a value here: fields of one item are compared only where both are numbers. A text stands in double quotes.")]
    public void Compile_BadNameOrType_SaysWhereAndWhy(string text, FilterErrorKind kind, int position, string message) => AssertError(text, kind, position, message);

    [Fact]
    public void Compile_UnknownFieldThatMayBeMissing_HoldsNowhere()
    {
        foreach (var text in (string[])["colour = \"red\"", "colour < 5", "colour contains \"a\"", "colour != 5", "price = current.colour", "colour < price", "colour not in (1, true)", "colour is not missing"])
            Assert.Equal("", Shop.Find(Shop.Compile(text, UnknownFields.AreMissing).Filter!));
        Assert.Equal("pan pot tea lamp gift old seen free", Shop.Find(Shop.Compile("colour is missing and not colour = 5", UnknownFields.AreMissing).Filter!));
        Assert.Equal(FilterErrorKind.Type, Shop.Compile("price = \"a\"", UnknownFields.AreMissing).Error!.Kind);
    }

    [Fact]
    public void Compile_WhatExceedsTheCataloguesLimits_IsNamed()
    {
        var shop = new FilterShop(new CatalogueLimits { DistinctTexts = 2, ListLength = 2 });
        for (var item = 0; item < 4; item++)
        {
            shop.Put($"i{item}", FilterShop.Listed with
            {
                Categories = item == 3 ? ["a", "b", "c"] : ["a"],
                Attributes = [ItemAttribute.Of("sku", $"s{item}"), item == 0 ? ItemAttribute.Of("code", 5) : ItemAttribute.Of("code", $"c{item}")],
            });
        }

        AssertError(shop, "sku = \"s1\"", FilterErrorKind.LeftOutField, 0, "`sku` is left out of the catalogue in memory: there are too many distinct texts.");
        AssertError(shop, "category = \"a\"", FilterErrorKind.LeftOutField, 0, "`category` is left out of the catalogue in memory: a list is too long.");
        AssertError(shop, "code = \"c1\"", FilterErrorKind.Type, 7, "`code` is a number, but \"c1\" is a text. `code` is left out of the catalogue in memory: there are too many distinct texts.");
        Assert.Equal(FilterErrorKind.LeftOutField, shop.Compile("sku = \"s1\"", UnknownFields.AreMissing).Error!.Kind);
    }

    [Theory]
    [InlineData("price < 5000000", 14, "Expected at most 14 characters, but found 15.")]
    [InlineData("not not a = 1", 4, "Expected at most 1 levels of `(` and `not`, but found one more.")]
    [InlineData("((a = 1))", 1, "Expected at most 1 levels of `(` and `not`, but found one more.")]
    [InlineData("a=1 or b=1", null, null)]
    [InlineData("a=1or(b=1)", 3, "Expected a blank or an operator behind the number, but found `o`.")]
    [InlineData("a=b or c=d", null, null)]
    [InlineData("(a=b)or(c=d)", null, null)]
    [InlineData("a in (1,2)", null, null)]
    [InlineData("a in (1,2,3)", 10, "Expected at most 2 values, but found one more.")]
    [InlineData("a=b or b=c or", 13, "Expected a field, `not` or `(`, but found the end.")]
    public void Parse_BeyondTheLimits_IsRefused(string text, int? position, string? message)
    {
        var (expression, error) = FilterParser.Parse(text, new FilterLimits { Length = 14, Depth = 1, Conditions = 2, Values = 2 });

        Assert.Equal((position, message), (error?.Position, error?.Message));
        Assert.Equal(position is null, expression is not null);
    }

    [Fact]
    public void Parse_TooManyConditions_IsRefused()
    {
        var (_, error) = FilterParser.Parse("a=b or b=c or c=d", new FilterLimits { Conditions = 2 });

        Assert.Equal((FilterErrorKind.Limit, 14, "at most 2 conditions"), (error!.Kind, error.Position, error.Expected));
    }

    /// <summary>The deepest and longest that the defaults let through, which must fit the stack and be found to be wrong at its end only.</summary>
    [Fact]
    public void Parse_LargestThatIsAllowed_IsRead()
    {
        var deep = string.Concat(Enumerable.Repeat("not (", 16)) + "price < 5" + new string(')', 16);
        Assert.Equal("tea free", Shop.Find(deep));

        var wide = string.Join(" or ", Enumerable.Repeat("price < 5", 64));
        Assert.Equal("tea free", Shop.Find(wide));

        var garbage = new string('(', 4096);
        Assert.Equal(32, FilterParser.Parse(garbage).Error!.Position);
    }

    private static void AssertError(string text, FilterErrorKind kind, int position, string message) => AssertError(Shop, text, kind, position, message);

    private static void AssertError(FilterShop shop, string text, FilterErrorKind kind, int position, string message)
    {
        var (filter, error) = shop.Compile(text);

        Assert.Null(filter);
        Assert.Equal((kind, position, message), (error!.Kind, error.Position, error.Message));
        Assert.NotEmpty(error.Expected);
        Assert.NotEmpty(error.Found);
    }
}
