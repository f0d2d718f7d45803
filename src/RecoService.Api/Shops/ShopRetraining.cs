using RecoService.Api.Retraining;

namespace RecoService.Api.Shops;

/// <summary>The model runs of a shop.</summary>
/// <param name="Trigger">Starts and cancels them.</param>
/// <param name="Worker">Carries them out.</param>
/// <param name="Composer">Knows which models are served together.</param>
/// <param name="Schedule">When the next run of each plan is due.</param>
/// <param name="First">Starts the first ones, before the schedule does.</param>
internal sealed record ShopRetraining(RetrainTrigger Trigger, RetrainWorker Worker, SnapshotComposer Composer, RetrainScheduler Schedule, FirstRun First)
{
    public IReadOnlyList<BackgroundService> Background => [Worker, First];
}
