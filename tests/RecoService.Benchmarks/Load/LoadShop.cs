using RecoService.Benchmarks.Storage;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Storage;

namespace RecoService.Benchmarks.Load;

/// <summary>
/// A shop in a database: items in 64 tastes, users who mostly keep to their own, about 20 interactions each, and a published model of 64 factors: implicit ALS
/// trained on them, or one that is made, whose items lie around the centres of the tastes and are all about equally long, which is the most work for retrieval.
/// It is pinned, so that a retrain does all its work and leaves it in place.
/// </summary>
/// <param name="itemCount">How many items.</param>
/// <param name="isTrained">Or made.</param>
/// <param name="recommender">The trainer of the model that makes the lists.</param>
internal sealed class LoadShop(int itemCount, bool isTrained = true, string recommender = "implicit-als")
{
    public const int Factors = 64;
    private const int FewestUsers = 20_000;
    private const int ItemsPerUser = 5;
    private const int InteractionsPerUser = 20;
    private const int Tastes = 64;
    private const int Seed = 1;

    public static string UserId(int user) => $"user-{user:000000}";

    public static string ItemId(int item) => $"item-{item:0000000}";

    public int ItemCount => itemCount;

    public int UserCount { get; } = Math.Max(FewestUsers, itemCount / ItemsPerUser);

    /// <returns>The version of the published model.</returns>
    public async Task<int> FillAsync(BenchmarkStore store)
    {
        await ImportAsync(store);
        return await PublishAsync(store);
    }

    /// <summary>The shop without a model.</summary>
    public async Task ImportAsync(BenchmarkStore store)
    {
        await store.Store.Database.MigrateAsync(CancellationToken.None);
        await ImportItemsAsync(store.Store.Import);
        await ImportInteractionsAsync(store.Store.Import);
    }

    /// <summary>Stores a model and popularity, and publishes them. Another seed, other lists.</summary>
    /// <returns>Its version.</returns>
    public async Task<int> PublishAsync(BenchmarkStore store, int modelSeed = 1)
    {
        var data = await store.Store.Feed.LoadAsync(CancellationToken.None);
        var histories = data.Histories;
        var context = new TrainingContext(Environment.ProcessorCount, modelSeed);
        var factors = new ImplicitAlsOptions { Factors = Factors };
        var options = recommender == "implicit-als" ? factors : BuiltInTrainers.Registry.OptionsOf(recommender, new Dictionary<string, object>());
        var model = isTrained
            ? BuiltInTrainers.Registry.Create(recommender, options).Train(await store.Store.Interactions.LoadDatasetAsync(CancellationToken.None, withContent: true), context)
            : Make(histories, factors, context);
        var popularity = new PopularityTrainer(new PopularityOptions()).Train(histories, context);
        var version = await SaveAsync(store, isTrained ? recommender : "implicit-als", isTrained ? options : factors, model, data.Marker);
        var popularityVersion = await SaveAsync(store, "popularity", new PopularityOptions(), popularity, data.Marker);
        await store.Store.Publications.AppendAsync(version, [version, popularityVersion], pinned: true, "benchmark", null, CancellationToken.None);
        return version;
    }

    private static async Task<int> SaveAsync(BenchmarkStore store, string trainer, object options, IScorer model, string watermark)
    {
        var row = new NewModel(null, trainer, BuiltInTrainers.Registry.Serialize(trainer, options), Seed, watermark, null, null);
        return (await store.Store.Models.SaveAsync(row, stream => ModelSerializer.Write(model, stream), CancellationToken.None)).Version;
    }

    private static FactorModel Make(InteractionDataset histories, ImplicitAlsOptions options, TrainingContext context)
    {
        var itemFactors = Draw(histories.Items.Count, context.Seed, stream: 2);
        return new FactorModel(
            histories.Users, histories.Items, Draw(histories.Users.Count, context.Seed, stream: 1), itemFactors,
            foldIn: new ImplicitAlsFoldIn(options, new RowRegularization(options.Regularization / InteractionsPerUser, Exponent: 1), GramMatrix.Of(itemFactors, context))).TrainedOn(histories, context);
    }

    private static FactorMatrix Draw(int count, int modelSeed, int stream)
    {
        var centres = new FactorMatrix(Tastes, Factors);
        var random = new SeededRandom(modelSeed, 0);
        foreach (ref var value in centres.Values.AsSpan())
            value = random.NextGaussian();

        var rows = new FactorMatrix(count, Factors);
        random = new SeededRandom(modelSeed, stream);
        for (var row = 0; row < count; row++)
        {
            var centre = centres[TasteOf(row)];
            for (var factor = 0; factor < Factors; factor++)
                rows.Row(row)[factor] = 0.25f * (centre[factor] + (0.7f * random.NextGaussian()));
        }

        return rows;
    }

    private async Task ImportItemsAsync(BulkImport import)
    {
        await using var stage = await import.StageItemsAsync(CancellationToken.None);
        for (var item = 0; item < itemCount; item++)
        {
            await stage.AddAsync(item + 1, new ImportedItem(ItemId(item), new ItemRecord
            {
                Title = $"Article {item} of taste {TasteOf(item)}",
                Categories = [$"taste-{TasteOf(item)}"],
                Price = 5 + (item % 200),
                Currency = "EUR",
            }), CancellationToken.None);
        }

        await stage.CommitAsync("items", ImportRules.Default, CancellationToken.None);
    }

    private async Task ImportInteractionsAsync(BulkImport import)
    {
        await using var stage = await import.StageInteractionsAsync(CancellationToken.None);
        var random = new SeededRandom(Seed, 3);
        var start = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);
        for (var line = 0; line < UserCount * InteractionsPerUser; line++)
        {
            var user = line % UserCount;
            await stage.AddAsync(line + 1, new NewInteraction
            {
                Id = $"past-{line}",
                UserId = UserId(user),
                ItemId = ItemId(DrawItem(user, ref random)),
                KindIndex = KindOf(line % 5 == 0 ? "purchase" : "view"),
                OccurredAt = start.AddSeconds(line),
            }, CancellationToken.None);
        }

        await stage.CommitAsync("interactions", ImportRules.Default, CancellationToken.None);
    }

    /// <summary>Of the user's own taste in three cases of four; some items far more often than others.</summary>
    private int DrawItem(int user, ref SeededRandom random)
    {
        var item = (int)(Math.Pow(random.NextDouble(), 2) * itemCount);
        return random.Next(4) == 0 ? item : Math.Min(itemCount - 1, item - (item % Tastes) + TasteOf(user));
    }

    private static byte KindOf(string name) => InteractionKinds.Default.TryGetIndex(name, out var index) ? index : throw new ArgumentException($"There is no kind '{name}'.", nameof(name));

    private static int TasteOf(int row) => row % Tastes;
}
