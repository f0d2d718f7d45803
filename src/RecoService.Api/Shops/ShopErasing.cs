using RecoService.Api.Erasing;

namespace RecoService.Api.Shops;

/// <summary>What makes a shop forget.</summary>
/// <param name="Erasures">Brings erasures to their end.</param>
/// <param name="Retention">Deletes what users did long ago.</param>
internal sealed record ShopErasing(ErasureWorker Erasures, RetentionWorker Retention)
{
    public IReadOnlyList<BackgroundService> Background => [Erasures, Retention];
}
