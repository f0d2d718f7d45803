using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Engine.Tests.Recommending.Catalogue;

/// <summary>What holds of columns after any changes of any items. A failure names the seed, which <c>Replay</c> repeats.</summary>
[Properties(MaxTest = 300, QuietOnSuccess = true, Arbitrary = [typeof(Records)])]
public sealed class CatalogueProperties
{
    /// <summary>Items that the sequences change; in two chunks.</summary>
    private static readonly int[] Items = [0, 1, 2, 63, 64, 4095, 4096];

    /// <summary>However the columns came to hold the records, they say the same as columns that were given each once.</summary>
    [Property]
    public void Columns_AfterAnyChanges_AreThoseOfTheLastRecords((byte Item, CatalogueItem Record)[] changes)
    {
        var limits = new CatalogueLimits();
        var (followed, last) = (new CatalogueColumns(limits), new SortedDictionary<int, CatalogueItem>());
        foreach (var (position, record) in changes)
        {
            var item = Items[position % Items.Length];
            followed.Put(item, record);
            last[item] = record;
        }

        var anew = new CatalogueColumns(limits);
        foreach (var (item, record) in last)
            anew.Put(item, record);

        AssertSame(anew, followed);
    }

    /// <summary>With limits that are met, what is not left out is right, and nothing fails.</summary>
    [Property]
    public void Columns_BeyondTheLimits_WhatIsLeftIsRight((byte Item, CatalogueItem Record)[] changes, byte names, byte texts)
    {
        var followed = new CatalogueColumns(new CatalogueLimits { Attributes = names % 4, DistinctTexts = 1 + (texts % 4), ListLength = 2, TextLength = 3 });
        var all = new CatalogueColumns(new CatalogueLimits());
        foreach (var (position, record) in changes)
        {
            followed.Put(Items[position % Items.Length], record);
            all.Put(Items[position % Items.Length], record);
        }

        foreach (var column in followed.Fields.Concat(followed.Attributes))
        {
            var isAttribute = followed.Attributes.Contains(column);
            Assert.DoesNotContain(followed.LeftOut, left => left.Name == (isAttribute ? column.Name : null) && left.Type == column.Type);
            var expected = isAttribute ? all.Attributes.First(other => other.Name == column.Name && other.Type == column.Type) : all.Fields.First(other => other.Name == column.Name);
            Assert.Equal(Items.Select(item => CatalogueReading.ValueOf(expected, item)), Items.Select(item => CatalogueReading.ValueOf(column, item)));
        }

        foreach (var missing in all.Attributes.Where(column => !followed.Attributes.Any(other => (other.Name, other.Type) == (column.Name, column.Type))))
            Assert.Contains(followed.LeftOut, left => left.Name == missing.Name);
    }

    private static void AssertSame(CatalogueColumns expected, CatalogueColumns actual)
    {
        Assert.Equal(Items.Select(item => CatalogueReading.ItemOf(expected, item)), Items.Select(item => CatalogueReading.ItemOf(actual, item)));
        Assert.Equal(CatalogueReading.ColumnsOf(expected), CatalogueReading.ColumnsOf(actual));
        Assert.Empty(actual.LeftOut);
        foreach (var column in actual.Fields.Concat(actual.Attributes))
        {
            var present = new ulong[66];
            column.SelectPresent(present);
            Assert.Equal(Items.Where(item => CatalogueReading.ValueOf(column, item) is not null), Enumerable.Range(0, 64 * present.Length).Where(item => Bits.IsSet(present, item)));
        }
    }

    /// <summary>Few names and values, so that they meet.</summary>
    private static class Records
    {
        public static Arbitrary<CatalogueItem> Record() => (
            from flags in Gen.Choose(0, 15)
            from fields in Gen.Choose(0, 255)
            from categories in Gen.Elements("a", "b", "a > b", "c", "dddd").ListOf(3)
            from attributes in Attribute().ListOf(4)
            select new CatalogueItem(flags % 2 == 0, (flags & 2) == 0, (flags & 4) != 0, flags > 12, fields % 3 == 0 ? $"g{fields % 4}" : null)
            {
                Revision = fields,
                AddedAt = fields % 5 == 0 ? null : fields,
                ConsumesForDays = fields % 7 == 0 ? fields / 7.0 : null,
                Price = fields % 2 == 0 ? fields / 100.0 : null,
                SalePrice = fields % 4 == 0 ? fields / 200.0 : null,
                Currency = fields % 2 == 0 ? "EUR" : null,
                Categories = [.. categories],
                Attributes = [.. attributes],
            }).ToArbitrary();

        private static Gen<ItemAttribute> Attribute() =>
            from name in Gen.Elements("b", "s", "t", "o", "x")
            from type in Gen.Choose(0, 3)
            from value in Gen.Choose(0, 4)
            from texts in Gen.Elements("", "a", "b", "cc", "dddd").ListOf(3)
            select type switch
            {
                0 => ItemAttribute.Of(name, value / 2.0),
                1 => ItemAttribute.Of(name, texts[0]),
                2 => ItemAttribute.Of(name, (IReadOnlyList<string>)[.. texts.Take(value)]),
                _ => ItemAttribute.Of(name, value % 2 == 0),
            };
    }
}
