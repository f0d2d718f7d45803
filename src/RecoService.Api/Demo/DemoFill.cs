using RecoService.Engine.Data;
using RecoService.Storage;

namespace RecoService.Api.Demo;

/// <summary>Puts the demo shop into an empty store, through the same door as any import: whole, or not at all.</summary>
internal sealed partial class DemoFill(Database database, BulkImport import, InteractionKinds kinds, TimeProvider time, ILogger<DemoFill> logger)
{
    public async Task FillIfEmptyAsync(CancellationToken cancellationToken)
    {
        // The interactions come last, so a fill that a crash cut short is taken up again: importing the rest twice changes nothing.
        var counts = await database.CountAsync(cancellationToken);
        if (counts.Interactions + counts.Ratings > 0)
            return;

        var shop = DemoShop.Generate(time.GetUtcNow(), DemoShop.DefaultSeed, kinds);
        await StageAsync(await import.StageItemsAsync(cancellationToken), shop.Items.Select(item => new ImportedItem(item.ItemId, item.Record)), cancellationToken);
        await StageAsync(await import.StageUsersAsync(cancellationToken), shop.Users.Select(user => new ImportedUser(user.UserId, null)), cancellationToken);
        await StageAsync(await import.StageInteractionsAsync(cancellationToken), shop.Interactions, cancellationToken);
        LogFilled(shop.Items.Count, shop.Users.Count);
    }

    private static async Task StageAsync<T>(ImportStage<T> stage, IEnumerable<T> rows, CancellationToken cancellationToken)
    {
        await using (stage)
        {
            var line = 0L;
            foreach (var row in rows)
                await stage.AddAsync(++line, row, cancellationToken);
            await stage.CommitAsync("demo-shop", new ImportRules { SkipInvalid = true }, cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "The store was empty and now holds a demo shop of {Items} items and {Users} users.")]
    private partial void LogFilled(int items, int users);
}
