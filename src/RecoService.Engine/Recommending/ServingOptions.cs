using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Recommending.Profiles;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Engine.Recommending;

/// <summary>What a shop decides about its lists.</summary>
public sealed record ServingOptions
{
    /// <summary>Whether items without a catalogue record are shown; null: as long as there are no items with one. Default null.</summary>
    public bool? RecommendUnlistedItems { get; init; }

    /// <summary>An item without a record is shown once the recommender was trained on it and so many users were for it; 0 = at once. Default 3.</summary>
    public int UnlistedItemMinUsers { get; init; } = 3;

    /// <summary>The part of each list, 0..1, rounded down, that is kept for items that arrived after the recommender was trained. Default 0.</summary>
    public double NewItemShare { get; init; }

    /// <summary>Where lists are shown; null: <see cref="Placement.BuiltIn"/>. Their names are distinct, and <c>home</c> and <c>popular</c> are among them.</summary>
    public IReadOnlyList<Placement>? Placements { get; init; }

    /// <summary>What was shown to whom lately, which outlives the state; null where no placement asks for it.</summary>
    public ShownItems? Shown { get; init; }

    /// <summary>What came of the items of places that explore, which outlives the state. Default: nothing is known.</summary>
    public ItemTrials Trials { get; init; } = new();

    /// <summary>What predicts clicks and purchases, which outlives the state; null: nothing does.</summary>
    public LiveResponsePredictor? Responses { get; init; }

    /// <summary>The attribute of items that has what they cost the shop.</summary>
    public string CostAttribute { get; init; } = "cost";

    /// <summary>How users and items are described.</summary>
    public ProfileOptions Profiles { get; init; } = new();

    /// <summary>How many items of a user's history count once the user has done something since the state was built: the newest. Default 2,000.</summary>
    public int LiveHistoryLimit { get; init; } = 2000;

    /// <summary>How many lists of each recommender are remembered for users who have done nothing since, at least 0: <see cref="Retrieval.RememberedLists"/>. Default 65,536.</summary>
    public int RememberedLists { get; init; } = 65_536;
}
