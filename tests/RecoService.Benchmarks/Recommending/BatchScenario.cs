using System.Diagnostics;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Recommending;

/// <summary>
/// Lists of ten for every user, as <c>export</c> and <c>POST /recommendations/batch</c> make them, without writing them: the whole pipeline with what a user has
/// consumed left out, 64 factors, a thread per core:
/// <c>dotnet run -c Release --project tests/RecoService.Benchmarks -- batch [items] [rounds]</c>.
/// </summary>
internal static class BatchScenario
{
    private const int UserCount = 50_000;
    private const int Factors = 64;
    private const int Consumed = 20;
    private const int Limit = 10;
    private const int UsersPerBlock = 512;

    public static void Run(string[] args)
    {
        var itemCount = args.Length > 0 ? int.Parse(args[0]) : 10_000;
        var rounds = args.Length > 1 ? int.Parse(args[1]) : 5;
        var state = StateOf(itemCount);
        var threads = Environment.ProcessorCount;
        MeasureMany(state, threads);
        List<double> many = [], single = [];
        for (var round = 0; round < rounds; round++)
        {
            many.Add(MeasureMany(state, threads));
            single.Add(MeasureOneByOne(state, threads));
            Console.WriteLine($"  round {round + 1}: {many[^1],10:N0} users/s in bulk, {single[^1],10:N0} one by one");
        }

        Console.WriteLine($"batch      {Median(many):N0} users/s in bulk, {Median(single):N0} one by one (medians of {rounds}; {itemCount:N0} items, {Factors} factors, {threads} threads)");
    }

    private static double MeasureMany(ServingState state, int threads) => Measure(threads, block =>
    {
        var users = Enumerable.Range(block * UsersPerBlock, Math.Min(UsersPerBlock, UserCount - (block * UsersPerBlock))).ToArray();
        return state.RecommendMany(users, Limit).Sum(list => list.Count);
    });

    private static double MeasureOneByOne(ServingState state, int threads) => Measure(threads, block =>
    {
        var items = 0;
        for (var user = block * UsersPerBlock; user < Math.Min((block + 1) * UsersPerBlock, UserCount); user++)
            items += state.Recommend(new RecommendationQuery(Limit) { UserId = state.Users[user] }).Count;
        return items;
    });

    private static double Measure(int threads, Func<int, int> block)
    {
        var watch = Stopwatch.StartNew();
        var items = 0;
        Parallel.For(0, (UserCount + UsersPerBlock - 1) / UsersPerBlock, new ParallelOptions { MaxDegreeOfParallelism = threads }, index => Interlocked.Add(ref items, block(index)));
        if (items != UserCount * Limit)
            throw new InvalidOperationException("A list is too short.");
        return UserCount / watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>Factors around a hundred centres, as training finds them, and users who have consumed some items near their own.</summary>
    private static ServingState StateOf(int itemCount)
    {
        var random = new Random(42);
        var centres = Gaussian(100, random);
        var (users, items) = (KeyMap.FromAscending([.. Enumerable.Range(1, UserCount)]), KeyMap.FromAscending([.. Enumerable.Range(1, itemCount)]));
        var model = new FactorModel(users, items, Around(centres, UserCount, random), Around(centres, itemCount, random));
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var key in users.Keys)
            builder.AddUser(key);
        foreach (var key in items.Keys)
            builder.AddItem(key);
        InteractionKinds.Default.TryGetIndex("purchase", out var purchase);
        for (var user = 1; user <= UserCount; user++)
        {
            for (var act = 0; act < Consumed; act++)
                builder.Add(user, 1 + random.Next(itemCount), purchase, 0, act);
        }

        var record = new CatalogueItem(Listed: true, Available: true, Hidden: false, Deleted: false, GroupId: null);
        return new ServingState(
            [new ServedModel("implicit-als", 1, model, ModelRoles.Recommender), new ServedModel("popularity", 2, new PopularityModel(users, items, [.. Enumerable.Range(0, itemCount).Select(_ => random.NextSingle())]), ModelRoles.Fallback)],
            [.. users.Keys.ToArray().Select(key => (key, $"user-{key}"))], CatalogueBuilder.Of(items.Keys.ToArray().Select(key => new ServedItem(key, $"item-{key}", record))),
            builder.Build(), new ServingOptions { NewItemShare = 0.1 });
    }

    private static float[] Gaussian(int rows, Random random) =>
        [.. Enumerable.Range(0, rows * Factors).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) / Math.Sqrt(Factors)))];

    private static FactorMatrix Around(float[] centres, int rows, Random random)
    {
        var noise = Gaussian(rows, random);
        for (var row = 0; row < rows; row++)
        {
            var centre = random.Next(centres.Length / Factors);
            for (var factor = 0; factor < Factors; factor++)
                noise[(row * Factors) + factor] = (0.5f * noise[(row * Factors) + factor]) + centres[(centre * Factors) + factor];
        }

        return new FactorMatrix(rows, Factors, noise);
    }
}
