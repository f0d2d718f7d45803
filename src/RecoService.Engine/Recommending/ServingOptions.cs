namespace RecoService.Engine.Recommending;

/// <summary>What a shop decides about its lists.</summary>
public sealed record ServingOptions
{
    /// <summary>Whether items without a catalogue record are shown. Default true.</summary>
    public bool RecommendUnlistedItems { get; init; } = true;

    /// <summary>The part of each list, 0..1, rounded down, that is kept for items that arrived after the recommender was trained. Default 0.</summary>
    public double NewItemShare { get; init; }

    /// <summary>How many items of a user's history count once the user has done something since the state was built: the newest. Default 2,000.</summary>
    public int LiveHistoryLimit { get; init; } = 2000;
}
