using BenchmarkDotNet.Attributes;
using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;

namespace RecoService.Benchmarks.Recommending;

/// <summary>
/// What the profiles of a user and of an item cost, and what an interaction costs that they follow: 10,000 users with 100 interactions each, or one with 2,000.
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- --filter '*ProfileBenchmarks*'</c>.
/// </summary>
[MemoryDiagnoser]
public class ProfileBenchmarks
{
    private const int Users = 10_000;
    private const int EventsOfUser = 100;
    private const int EventsOfEager = 2_000;
    private const long Now = 1_790_000_000_000;

    private ServingState state = null!;
    private int next;

    [Params(10_000, 100_000)]
    public int ItemCount { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < ItemCount; item++)
            builder.AddItem(item);
        for (var user = 0; user <= Users; user++)
        {
            for (var step = 0; step < (user == Users ? EventsOfEager : EventsOfUser); step++)
                builder.Add(user, (int)(ItemCount * Math.Pow(random.NextDouble(), 3)), (byte)random.Next(4), 0, Now - (long)(random.NextDouble() * 200 * TimeSpan.MillisecondsPerDay));
        }

        state = new ServingState(
            [], [.. Enumerable.Range(0, Users + 1).Select(user => (user, $"u{user}"))], CatalogueBuilder.Of(Enumerable.Range(0, ItemCount).Select(item => new ServedItem(item, $"i{item}", Record(item)))),
            builder.Build(), new ServingOptions());
        _ = state.ItemProfileOf(0, Now);
    }

    [Benchmark]
    public UserProfile OfUser() => state.UserProfileOf(1, Now);

    [Benchmark]
    public UserProfile OfEagerUser() => state.UserProfileOf(Users, Now);

    [Benchmark]
    public ItemProfile OfItem() => state.ItemProfileOf(1, Now);

    /// <summary>A view by one of 5,000 users, each of whom has a history of 100 and a few more.</summary>
    [Benchmark]
    public void Apply() => state.Apply([new ServedInteraction(next % (Users / 2), "", next % ItemCount, "", 0, 0, Now + next++)]);

    private static CatalogueItem Record(int item) => new(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null)
    {
        Revision = 1,
        Price = 1 + (item % 997),
        SalePrice = item % 12 == 0 ? item % 997 : null,
        Currency = "EUR",
        Categories = [$"Room {item % 10} > Shelf {item % 100} > Board {item % 1_000}"],
        Attributes = [ItemAttribute.Of("brand", $"Brand {item % 500}")],
    };
}
