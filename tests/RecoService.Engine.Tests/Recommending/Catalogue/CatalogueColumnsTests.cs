using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

public sealed class CatalogueColumnsTests
{
    private static readonly CatalogueItem Listed = new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null) { Revision = 1 };

    [Fact]
    public void Put_Record_IsInItsColumns()
    {
        var columns = Columns();

        columns.Put(0, Listed with
        {
            GroupId = "g",
            AddedAt = 77,
            ConsumesForDays = 0,
            Price = 19.99,
            SalePrice = 14.99,
            Currency = "EUR",
            Categories = ["Home > Kitchen", "Sale"],
            Attributes = [ItemAttribute.Of("brand", "Oak & Co"), ItemAttribute.Of("weight", 2.5), ItemAttribute.Of("organic", false), ItemAttribute.Of("tags", ["a", "b", "a"])],
        });

        Assert.Equal(
            "listed, servable, revision 1, price (Number) 19.99, salePrice (Number) 14.99, currency (Text) EUR, categories (List) [Home > Kitchen | Sale], addedAt (Time) 77, groupId (Text) g, "
            + "consumesForDays (Number) 0, brand (Text) Oak & Co, organic (Flag) False, tags (List) [a | b], weight (Number) 2.5",
            CatalogueReading.ItemOf(columns, 0));
        Assert.Equal("unlisted, not servable, revision 0", CatalogueReading.ItemOf(columns, 1));
        Assert.Equal(2.5, columns.Attribute<NumberColumn>("weight")![0]);
        Assert.Null(columns.Attribute<TextColumn>("weight"));
        Assert.Null(columns.Attribute<TextColumn>("Brand"));
        Assert.Equal(9, columns.Fields.Count());
        Assert.Empty(columns.LeftOut);
    }

    [Fact]
    public void Put_LaterRecord_TakesThePlaceOfAllThatWasKnown()
    {
        var columns = Columns();
        columns.Put(0, Listed with { Price = 1, SalePrice = 0.5, Currency = "EUR", Categories = ["A"], GroupId = "g", ConsumesForDays = 3, AddedAt = 1, Attributes = [ItemAttribute.Of("brand", "b"), ItemAttribute.Of("size", 40)] });
        var before = columns.Version;

        columns.Put(0, Listed with { Revision = 2, Hidden = true, Attributes = [ItemAttribute.Of("size", 41)] });

        Assert.Equal("listed, not servable, revision 2, size (Number) 41", CatalogueReading.ItemOf(columns, 0));
        Assert.Equal(["size (Number): 1 items,  distinct"], CatalogueReading.ColumnsOf(columns));
        Assert.True(columns.Version > before);
    }

    [Fact]
    public void Put_Deleted_LeavesNothingAndComesBackWhole()
    {
        var columns = Columns();
        var record = Listed with { Price = 1, Categories = ["A"], Attributes = [ItemAttribute.Of("brand", "b")] };
        columns.Put(0, record);
        var before = CatalogueReading.ItemOf(columns, 0);

        columns.Put(0, record with { Deleted = true });

        Assert.Equal("deleted, not servable, revision 1", CatalogueReading.ItemOf(columns, 0));
        Assert.Empty(CatalogueReading.ColumnsOf(columns));
        Assert.Empty(columns.Attributes);
        columns.Put(0, record);
        Assert.Equal(before, CatalogueReading.ItemOf(columns, 0));
    }

    /// <summary>An attribute has a column for each type of its values, and an item a value in one of them.</summary>
    [Fact]
    public void Put_AttributeOfSeveralTypes_IsKeptPerType()
    {
        var columns = Columns();
        ItemAttribute[] sizes = [ItemAttribute.Of("size", 42), ItemAttribute.Of("size", "XL"), ItemAttribute.Of("size", true), ItemAttribute.Of("size", ["S", "M"])];
        for (var item = 0; item < sizes.Length; item++)
            columns.Put(item, Listed with { Attributes = [sizes[item]] });

        Assert.Equal(["size (Number): 1 items,  distinct", "size (Text): 1 items, 1 distinct", "size (List): 1 items, 2 distinct", "size (Flag): 1 items,  distinct"], CatalogueReading.ColumnsOf(columns));

        foreach (var size in sizes)
            columns.Put(0, Listed with { Attributes = [size] });
        Assert.Equal("listed, servable, revision 1, size (List) [S | M]", CatalogueReading.ItemOf(columns, 0));
        columns.Put(0, Listed with { Attributes = [sizes[0]] });
        Assert.Equal("listed, servable, revision 1, size (Number) 42", CatalogueReading.ItemOf(columns, 0));
    }

    [Fact]
    public void Put_NameTwice_TheLaterCounts()
    {
        var columns = Columns();

        columns.Put(0, Listed with { Attributes = [ItemAttribute.Of("size", 42), ItemAttribute.Of("size", "XL")] });

        Assert.Equal("listed, servable, revision 1, size (Text) XL", CatalogueReading.ItemOf(columns, 0));
    }

    [Fact]
    public void Put_MoreNamesThanHaveColumns_TheLaterAreLeftOutAndNamed()
    {
        var columns = Columns(new CatalogueLimits { Attributes = 2 });
        for (var item = 0; item < 3; item++)
            columns.Put(item, Listed with { Attributes = [ItemAttribute.Of("a", item), ItemAttribute.Of("b", "x"), ItemAttribute.Of("c", true), ItemAttribute.Of("d", 1)] });

        Assert.Equal(["a", "b"], columns.Attributes.Select(column => column.Name));
        Assert.Equal([new LeftOutColumn("c", ColumnType.Flag, LeftOutReason.TooManyAttributes), new("d", ColumnType.Number, LeftOutReason.TooManyAttributes)], columns.LeftOut);
    }

    /// <summary>A name that no item uses gives its place up, also within the record that stops using it.</summary>
    [Fact]
    public void Put_NameThatNoItemUses_MakesRoomForAnother()
    {
        var columns = Columns(new CatalogueLimits { Attributes = 1 });
        columns.Put(0, Listed with { Attributes = [ItemAttribute.Of("a", 1)] });

        columns.Put(0, Listed with { Attributes = [ItemAttribute.Of("b", 1)] });

        Assert.Equal(["b"], columns.Attributes.Select(column => column.Name));
        Assert.Null(columns.Attribute<NumberColumn>("a"));
        Assert.Empty(columns.LeftOut);
    }

    /// <summary>Else its column would know only the items that came later.</summary>
    [Fact]
    public void Put_NameThatWasLeftOut_HasNoColumnAlsoWhenAPlaceIsFree()
    {
        var columns = Columns(new CatalogueLimits { Attributes = 1 });
        columns.Put(0, Listed with { Attributes = [ItemAttribute.Of("a", 1)] });
        columns.Put(1, Listed with { Attributes = [ItemAttribute.Of("b", 1)] });
        columns.Put(0, Listed);

        columns.Put(2, Listed with { Attributes = [ItemAttribute.Of("b", 1)] });

        Assert.Empty(columns.Attributes);
        Assert.Equal([new LeftOutColumn("b", ColumnType.Number, LeftOutReason.TooManyAttributes)], columns.LeftOut);
    }

    [Fact]
    public void Put_TooManyTexts_OnlyTheTypeOfThatAttributeIsLeftOut()
    {
        var columns = Columns(new CatalogueLimits { DistinctTexts = 2 });
        for (var item = 0; item < 5; item++)
            columns.Put(item, Listed with { Price = item, Attributes = [ItemAttribute.Of("sku", $"sku {item}"), ItemAttribute.Of("brand", $"b {item % 2}")] });
        columns.Put(5, Listed with { Attributes = [ItemAttribute.Of("sku", 5)] });
        columns.Put(0, Listed with { Attributes = [ItemAttribute.Of("sku", "again")] });

        Assert.Equal([new LeftOutColumn("sku", ColumnType.Text, LeftOutReason.TooManyTexts)], columns.LeftOut);
        Assert.Equal(["brand (Text): 4 items, 2 distinct", "sku (Number): 1 items,  distinct"], CatalogueReading.ColumnsOf(columns).Skip(1));
    }

    [Fact]
    public void Put_CategoriesBeyondTheLimits_AreLeftOutAndTheItemsStay()
    {
        var columns = Columns(new CatalogueLimits { ListLength = 2 });
        columns.Put(0, Listed with { Categories = ["a", "b"], Price = 1 });
        Assert.NotNull(columns.Categories);

        columns.Put(1, Listed with { Categories = ["a", "b", "c"], Price = 2 });
        columns.Put(2, Listed with { Categories = ["a"], Price = 3 });

        Assert.Null(columns.Categories);
        Assert.Equal([new LeftOutColumn(null, ColumnType.List, LeftOutReason.ListTooLong)], columns.LeftOut);
        Assert.Equal(["price (Number): 3 items,  distinct"], CatalogueReading.ColumnsOf(columns));
    }

    [Fact]
    public void LeftOut_EndlessNames_IsBoundedInNumberAndLength()
    {
        var columns = Columns(new CatalogueLimits { Attributes = 0, TextLength = 10 });
        for (var item = 0; item < 1000; item++)
            columns.Put(item, Listed with { Attributes = [ItemAttribute.Of($"{item:000} {new string('x', 5000)}", item)] });

        Assert.Equal(100, columns.LeftOut.Count);
        Assert.All(columns.LeftOut, left => Assert.Equal((10, LeftOutReason.TextTooLong), (left.Name!.Length, left.Reason)));
    }

    [Fact]
    public void EntryCount_TextsAndListsThatCome_GrowsAndNeverShrinks()
    {
        var columns = Columns();
        columns.Put(0, Listed with { Categories = ["a", "b"], GroupId = "g", Attributes = [ItemAttribute.Of("brand", "x")] });
        // Two categories and their list, a group and a brand.
        Assert.Equal(5, columns.EntryCount);

        columns.Put(0, Listed with { Categories = ["b", "a"], Attributes = [ItemAttribute.Of("brand", "y")] });
        columns.Put(0, Listed with { Categories = ["b", "a"], Attributes = [ItemAttribute.Of("brand", "x")] });

        Assert.Equal(7, columns.EntryCount);
    }

    private static CatalogueColumns Columns(CatalogueLimits? limits = null) => new(limits ?? new CatalogueLimits());
}
