using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Recommending;

/// <summary>The probabilities that users of a serving state click and buy what they are shown.</summary>
public sealed class ResponsePredictions
{
    private readonly ServingState state;
    private readonly PlacementLists lists;
    private readonly LiveResponsePredictor? live;

    internal ResponsePredictions(ServingState state, PlacementLists lists, LiveResponsePredictor? live)
    {
        (this.state, this.lists, this.live) = (state, lists, live);
        Space = SpaceOf(state);
    }

    internal ResponseSpace Space { get; }

    internal static ResponseSpace SpaceOf(ServingState state) => new(state.Catalogue, state.History, state.Users.KeyOf, state.Items.KeyOf);

    /// <summary>Learns from what became of shown items; changes nothing of what is served.</summary>
    /// <param name="outcomes">Lists of any users and items, in any order.</param>
    /// <param name="options">What it takes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public ResponseLearning Learn(IEnumerable<ListOutcome> outcomes, ResponseOptions options, CancellationToken cancellationToken = default) => new ResponseLearner(
        Space, id => state.Users.TryGetIndex(id, out var index) ? index : -1, id => state.Items.TryGetIndex(id, out var index) ? index : -1, options).Learn(outcomes, cancellationToken);

    /// <summary>Predicts what the user of a query does with items.</summary>
    /// <param name="query">Who, and what else is known of the request.</param>
    /// <param name="items">Indexes of the state's items.</param>
    /// <param name="clicks">Takes one per item, 0..1.</param>
    /// <param name="purchases">Takes one per item, 0..1; NaN where purchases are not predicted.</param>
    /// <returns>False where nothing has been learned yet.</returns>
    public bool TryPredict(RecommendationQuery query, ReadOnlySpan<int> items, Span<float> clicks, Span<float> purchases)
    {
        if (live?.Current is not { } predictor)
            return false;
        predictor.Predict(lists.ContextOf(query), Space, items, clicks, purchases);
        return true;
    }
}
