using RecoService.Api.Serving;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Rules;

namespace RecoService.Api.Shops;

/// <summary>What a shop serves, and what keeps it in step with the store.</summary>
/// <param name="Readiness">Whether it has loaded what it serves.</param>
/// <param name="Snapshots">What requests read.</param>
/// <param name="Loader">Builds snapshots from the store.</param>
/// <param name="Rules">The merchandising rules, as stored.</param>
/// <param name="ActiveRules">The same as they act on lists.</param>
/// <param name="Experiments">The experiments, as stored.</param>
/// <param name="ActiveExperiments">The same as they act on lists.</param>
/// <param name="Shown">What was shown to whom lately; null where no placement asks for it.</param>
/// <param name="Publisher">Puts them in place, and follows the store.</param>
/// <param name="Impressions">Takes down what was shown.</param>
/// <param name="Retention">Deletes what was shown long ago.</param>
/// <param name="LeftOut">Says what of the items has no column.</param>
/// <param name="Fresh">The models that a run is publishing.</param>
/// <param name="Figures">Counts what was shown and what came of it.</param>
/// <param name="Trials">Follows what came of items at places that explore.</param>
/// <param name="Follower">Looks at the store again and again.</param>
/// <param name="Responses">Learns how probable clicks and purchases are.</param>
internal sealed record ShopServing(
    Readiness Readiness, SnapshotHost Snapshots, SnapshotLoader Loader, LiveDefinitions Rules, ActiveDefinitions<RuleSet> ActiveRules, LiveDefinitions Experiments, ActiveDefinitions<ExperimentSet> ActiveExperiments, SnapshotPublisher Publisher, ImpressionWriter Impressions, ImpressionRetention Retention,
    LeftOutColumns LeftOut, FreshModels Fresh, FigureFollower Figures, TrialFollower Trials, FeedFollower Follower, ResponseFollower Responses, ShownItems? Shown) : IDisposable
{
    public IReadOnlyList<BackgroundService> Background => [Follower, Impressions, Retention, Figures, Trials, Responses];

    public void Dispose()
    {
        Publisher.Dispose();
        Rules.Dispose();
        Experiments.Dispose();
    }
}
