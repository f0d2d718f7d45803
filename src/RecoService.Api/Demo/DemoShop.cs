using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Demo;

/// <summary>
/// A synthetic shop with planted tastes: every user prefers two or three shelves and a price band, and within a shelf some items are far more
/// popular than others. The same seed and time give the same shop.
/// </summary>
/// <param name="Items">About 500, in a dozen categories.</param>
/// <param name="Users">2,000.</param>
/// <param name="Interactions">60,000 over the last 90 days, in order of time.</param>
internal sealed record DemoShop(
    IReadOnlyList<DemoItem> Items, IReadOnlyList<DemoUser> Users, IReadOnlyList<NewInteraction> Interactions)
{
    public const int DefaultSeed = 20260301;
    public const int UserCount = 2_000;
    public const int InteractionCount = 60_000;

    /// <param name="now">When the last interaction has just happened.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="kinds">The configured table; interactions of kinds it lacks become its first kind without a value.</param>
    /// <exception cref="ArgumentException">There is no kind beside rating.</exception>
    public static DemoShop Generate(DateTimeOffset now, int seed, InteractionKinds kinds)
    {
        var random = new Random(seed);
        var items = DemoCatalogue.Create(now, random);
        var users = DemoUser.Create(UserCount, InteractionCount, random);
        var visits = new DemoVisits(items, kinds, now, random);
        var interactions = users.SelectMany(visits.Of)
            .OrderBy(interaction => interaction.OccurredAt)
            .ThenBy(interaction => interaction.UserId, StringComparer.Ordinal)
            .Select((interaction, index) => interaction with { Id = $"demo-{index + 1:000000}" });
        return new DemoShop(items, users, [.. interactions]);
    }
}

/// <summary>A customer of the demo shop.</summary>
/// <param name="UserId">user-0001 and so on.</param>
/// <param name="Shelves">The preferred ones, the dearest first.</param>
/// <param name="PriceBand">The preferred one.</param>
/// <param name="InteractionCount">How much the user does in the 90 days.</param>
internal sealed record DemoUser(string UserId, IReadOnlyList<int> Shelves, int PriceBand, int InteractionCount)
{
    private const int LeastInteractions = 6;

    public static IReadOnlyList<DemoUser> Create(int count, int interactions, Random random)
    {
        // A few regulars and many who come by now and then: log-normal activity.
        var activity = Enumerable.Range(0, count).Select(_ => Math.Exp(0.8 * NextNormal(random))).ToArray();
        var scale = (interactions - (count * LeastInteractions)) / activity.Sum();
        var users = new List<DemoUser>(count);
        var spent = 0.0;
        var given = 0;
        for (var index = 0; index < count; index++)
        {
            spent += activity[index] * scale;
            var share = index == count - 1
                ? interactions - (count * LeastInteractions) - given
                : (int)spent - given;
            given += share;
            users.Add(new DemoUser($"user-{index + 1:0000}", ChooseShelves(random), random.Next(DemoCatalogue.PriceBands), LeastInteractions + share));
        }

        return users;
    }

    private static List<int> ChooseShelves(Random random)
    {
        var wanted = random.Next(2, 4);
        var shelves = new List<int>(wanted);
        while (shelves.Count < wanted)
        {
            // The first shelves are somewhat more in fashion than the last.
            var shelf = (int)(Math.Pow(random.NextDouble(), 1.3) * DemoShelf.All.Count);
            if (!shelves.Contains(shelf))
                shelves.Add(shelf);
        }

        return shelves;
    }

    /// <summary>Box and Muller, 1958.</summary>
    private static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
