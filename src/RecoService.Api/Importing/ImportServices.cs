using RecoService.Api.Importing.Guessing;
using RecoService.Storage;

namespace RecoService.Api.Importing;

internal static class ImportServices
{
    /// <summary>Leads each kind of row from its reader into the store.</summary>
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<UserBinder>().AddSingleton<ItemBinder>().AddSingleton<InteractionBinder>().AddSingleton<PreviewBinders>();
        return services.AddSingleton(provider =>
        {
            var import = provider.GetRequiredService<BulkImport>();
            return new ImportTargets(
                provider.GetRequiredService<UserBinder>(), async ct => SinkOf(await import.StageUsersAsync(ct)),
                provider.GetRequiredService<ItemBinder>(), async ct => SinkOf(await import.StageItemsAsync(ct)),
                provider.GetRequiredService<InteractionBinder>(), async ct => SinkOf(await import.StageInteractionsAsync(ct)));
        });
    }

    private static ImportSink<T> SinkOf<T>(ImportStage<T> stage) => new(
        stage.AddAsync,
        async (sourceHash, rules, ct) =>
        {
            var result = await stage.CommitAsync(sourceHash, rules, ct);
            return new ImportCommit(
                result.Committed, result.Accepted, result.Duplicates, result.ConflictCount,
                [.. result.Conflicts.Select(conflict => new ImportError(conflict.Line, conflict.Reason))])
            {
                Merged = result.Merged,
                Skipped = result.Skipped,
                Clamped = result.Clamped,
            };
        },
        stage.DisposeAsync);
}
