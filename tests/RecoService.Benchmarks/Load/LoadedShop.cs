using Microsoft.Extensions.Logging.Abstractions;
using RecoService.Api.Demo;
using RecoService.Benchmarks.Storage;
using RecoService.Engine.Data;

namespace RecoService.Benchmarks.Load;

/// <summary>A shop in a database, as far as its requests must know it.</summary>
/// <param name="UserIds">Those who have done something.</param>
/// <param name="ItemIds">Its catalogue.</param>
internal sealed record LoadedShop(IReadOnlyList<string> UserIds, IReadOnlyList<string> ItemIds)
{
    public static LoadedShop Of(LoadShop shop) =>
        new([.. Enumerable.Range(0, shop.UserCount).Select(LoadShop.UserId)], [.. Enumerable.Range(0, shop.ItemCount).Select(LoadShop.ItemId)]);

    /// <summary>Puts the demo shop into an empty database, without a model.</summary>
    public static async Task<LoadedShop> FillDemoAsync(BenchmarkStore store)
    {
        await store.Store.Database.MigrateAsync(CancellationToken.None);
        await new DemoFill(store.Store.Database, store.Store.Import, InteractionKinds.Default, TimeProvider.System, NullLogger<DemoFill>.Instance).FillIfEmptyAsync(CancellationToken.None);
        var shop = DemoShop.Generate(TimeProvider.System.GetUtcNow(), DemoShop.DefaultSeed, InteractionKinds.Default);
        return new LoadedShop([.. shop.Users.Select(user => user.UserId)], [.. shop.Items.Select(item => item.ItemId)]);
    }
}
