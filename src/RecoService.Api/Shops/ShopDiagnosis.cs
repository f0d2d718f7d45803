using RecoService.Api.Diagnosing;

namespace RecoService.Api.Shops;

/// <summary>What looks through a shop's data and its logs.</summary>
/// <param name="DataHealth">Finds what is wrong with the data.</param>
/// <param name="Audit">Forgets old changes.</param>
/// <param name="Imports">Those under way in this process.</param>
internal sealed record ShopDiagnosis(DataHealthWorker DataHealth, AuditRetention Audit, RunningImports Imports)
{
    public IReadOnlyList<BackgroundService> Background => [DataHealth, Audit];
}
