using BenchmarkDotNet.Attributes;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Filtering.Expressions;

namespace RecoService.Benchmarks.Recommending;

/// <summary>
/// What a filter costs: by its text from the cache, scanned anew for a request, after a change of an item, and from the text on.
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- --filter '*FilterBenchmarks*'</c>.
/// </summary>
[MemoryDiagnoser]
public class FilterBenchmarks : IItemIds
{
    private const string TwoConditions = "price < 50 and brand = \"Brand 7\"";
    private const string OfTheRequest = "price < user.budget and brand = context.brand";
    private const string OfTheCategory = "price < user.budget and category = current.category";

    private readonly UserAttributes users = new();
    private static readonly Dictionary<string, FilterValue> Context = new() { ["brand"] = FilterValue.Of("Brand 7") };

    private CatalogueColumns columns = new(new CatalogueLimits());
    private FilterCache cache = null!;
    private ulong[] items = [];
    private int next;

    [Params(10_000, 100_000)]
    public int ItemCount { get; set; }

    public int Count => 0;

    public string this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

    public bool TryGetIndex(string id, out int index) => (index = -1) >= 0;

    [GlobalSetup]
    public void Setup()
    {
        users.Put(0, revision: 1, [ItemAttribute.Of("budget", 50)]);
        columns = new CatalogueColumns(new CatalogueLimits());
        for (var item = 0; item < ItemCount; item++)
            columns.Put(item, Record(item));
        (cache, items) = (new FilterCache(columns, this), new ulong[Bits.WordsFor(ItemCount)]);
    }

    /// <summary>Two conditions that every request has the same.</summary>
    [Benchmark]
    public void Kept() => cache.Get(TwoConditions).Filter!.Select(default, items);

    /// <summary>Two conditions on values of the request, so that both columns are scanned.</summary>
    [Benchmark]
    public void Scanned() => cache.Get(OfTheRequest).Filter!.Select(new FilterContext { Users = users, Context = Context }, items);

    /// <summary>The same with the categories of a current item and all below them.</summary>
    [Benchmark]
    public void ScannedByCategory() => cache.Get(OfTheCategory).Filter!.Select(new FilterContext { Users = users, CurrentItems = [5] }, items);

    /// <summary>An item changes, and the filter is asked again.</summary>
    [Benchmark]
    public void KeptAfterAChange()
    {
        next = (next + 7919) % ItemCount;
        columns.Put(next, Record(next));
        cache.Get(TwoConditions).Filter!.Select(default, items);
    }

    /// <summary>A text that was not asked for before.</summary>
    [Benchmark]
    public void FromTheText()
    {
        var expression = FilterParser.Parse(TwoConditions).Expression!;
        FilterCompiler.Compile(expression, columns, this).Filter!.Select(default, items);
    }

    [Benchmark]
    public object Parse() => FilterParser.Parse(TwoConditions).Expression!;

    private static CatalogueItem Record(int item)
    {
        var random = new SeededRandom(1, item);
        var shelf = random.Next(600);
        return new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)
        {
            Price = random.Next(10_000) / 100.0,
            Categories = [$"Department {shelf % 20}", $"Department {shelf % 20} > Shelf {shelf}"],
            Attributes = [ItemAttribute.Of("brand", $"Brand {random.Next(2000)}"), ItemAttribute.Of("organic", random.Next(2) == 0)],
        };
    }
}
