using BenchmarkDotNet.Attributes;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Benchmarks.Kernels;

/// <summary>The bits of the items that meet a condition, by the columns of the catalogue and by a loop over the same values.</summary>
public class SelectionBenchmarks
{
    private const int Brands = 2000;

    private readonly CatalogueColumns columns = new(new CatalogueLimits());
    private readonly ulong[] someBrands = new ulong[Bits.WordsFor(Brands)];
    private double[] prices = [];
    private int[] brands = [];
    private ulong[] items = [];

    [Params(100_000, 1_000_000)]
    public int ItemCount { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (prices, brands, items) = (new double[ItemCount], new int[ItemCount], new ulong[Bits.WordsFor(ItemCount)]);
        for (var item = 0; item < ItemCount; item++)
        {
            var random = new SeededRandom(1, item);
            var shelf = random.Next(600);
            columns.Put(item, new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)
            {
                Price = random.Next(10_000) / 100.0,
                AddedAt = 1_600_000_000_000 + (item * 60_000L),
                Categories = [$"Department {shelf % 20}", $"Department {shelf % 20} > Shelf {shelf}"],
                Attributes = [ItemAttribute.Of("brand", $"Brand {random.Next(Brands)}"), ItemAttribute.Of("organic", random.Next(2) == 0)],
            });
            (prices[item], brands[item]) = (columns.Price[item], columns.Attribute<TextColumn>("brand")![item]);
        }

        for (var brand = 0; brand < Brands; brand += 10)
            Bits.Set(someBrands, brand);
    }

    [Benchmark]
    public void PriceRangeByALoop()
    {
        Array.Clear(items);
        for (var item = 0; item < prices.Length; item++)
        {
            if (prices[item] >= 10 && prices[item] <= 50)
                Bits.Set(items, item);
        }
    }

    [Benchmark]
    public void PriceRange() => columns.Price.SelectBetween(10, 50, items);

    [Benchmark]
    public void AddedLately() => columns.AddedAt.SelectBetween(1_600_000_000_000 + (ItemCount * 30_000L), long.MaxValue, items);

    [Benchmark]
    public void OneBrandByALoop()
    {
        Array.Clear(items);
        for (var item = 0; item < brands.Length; item++)
        {
            if (brands[item] == 7)
                Bits.Set(items, item);
        }
    }

    [Benchmark]
    public void OneBrand() => columns.Attribute<TextColumn>("brand")!.SelectEqualTo(7, items);

    [Benchmark]
    public void AnyOf200Brands() => columns.Attribute<TextColumn>("brand")!.SelectAnyOf(someBrands, items);

    [Benchmark]
    public void OneCategory() => columns.Categories!.SelectHolding(0, items);

    [Benchmark]
    public void CategoriesUnderAPath() => columns.Categories!.SelectHoldingAny(columns.Categories.Texts.CodesWhere(category => CategoryPath.IsWithin(category, "Department 3")), items);

    [Benchmark]
    public void Flag() => columns.Attribute<FlagColumn>("organic")!.Select(true, items);
}
