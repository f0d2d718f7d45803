namespace RecoService.Engine.Recommending;

/// <summary>A place of the shop that shows lists, and how its pipeline is made. Built with the serving state.</summary>
/// <param name="name">As requests and impressions call it.</param>
/// <param name="newItemShare">The part of each list, 0..1, rounded down, that is kept for items that arrived after the recommender was trained.</param>
public sealed class Placement(string name, double newItemShare)
{
    /// <summary>The name of the placement of requests that name none.</summary>
    public const string DefaultName = "default";

    public string Name => name;

    public double NewItemShare => newItemShare;

    /// <summary>The variant of an experiment that its lists belong to; null outside of one.</summary>
    public string? Variant { get; init; }

    /// <summary>What tells lists of one configuration from those of another, in the impressions.</summary>
    public string ConfigurationVersion { get; } = FormattableString.Invariant($"new-items={newItemShare:0.###}");
}
