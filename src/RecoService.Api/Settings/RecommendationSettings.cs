using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>What lists show, and what the service keeps in memory for them.</summary>
public sealed class RecommendationSettings
{
    /// <summary>Whether lists show items that only interactions have named. Without a value they do while no item in the store has a catalogue record.</summary>
    public bool? RecommendUnlistedItems { get; set; }

    /// <summary>How many users must be for such an item when a model trained on it is put in place; until then it is not shown. 0 shows it at once.</summary>
    [Range(0, 1_000_000)]
    public int UnlistedItemMinUsers { get; set; } = 3;

    /// <summary>The part of each list, rounded down, whose last slots are kept for items that arrived after the training. Items that read like the user's history
    /// come first, then those with the most users, then the newest.</summary>
    [Range(0.0, 1.0)]
    public double NewItemShare { get; set; } = 0.1;

    /// <summary>How many of the newest items of a user's history count once the user did something since the state was built. It bounds what one user's write costs.
    /// Consumed items stay out of the lists however old they are.</summary>
    [Range(1, 1_000_000)]
    public int LiveHistoryLimit { get; set; } = 2000;

    /// <summary>How many lists the service makes at start, for at most 5 s, before it says that it is ready. They compile the code, so that no customer waits for
    /// that; 0 makes none.</summary>
    [Range(0, 100_000)]
    public int WarmUpRequests { get; set; } = 200;

    /// <summary>How many lists a recommender remembers of users who have done nothing since, while nothing changes of what may be shown to them; about 70 bytes a list and 8 an item. 0 remembers none.</summary>
    [Range(0, 16_777_216)]
    public int RememberedLists { get; set; } = 65_536;

    /// <summary>How many impressions may wait to be written; more are dropped and counted. The default is some seconds of a busy shop, in about 40 MB.</summary>
    [Range(1, 10_000_000)]
    public int ImpressionQueueLimit { get; set; } = 100_000;

    /// <summary>How many pairs of a user and an item that was shown to them a replica remembers, for placements that rotate; about 22 bytes each. The oldest leave first.</summary>
    [Range(1, 1_000_000_000)]
    public int ShownItemsLimit { get; set; } = 1_000_000;

    /// <summary>The largest <c>ExplorationShare</c> of a placement or of an experiment's variant.</summary>
    [Range(0.0, 1.0)]
    public double MostExplorationShare { get; set; } = 0.5;

    /// <summary>Which part of one processor may make the lists of experiments in the shadow; what it is not enough for is not compared.</summary>
    [Range(0.0, 1.0)]
    public double ShadowProcessorShare { get; set; } = 0.1;

    /// <summary>For how many days what came of an item at a place that explores is remembered; of these days every one counts the same.</summary>
    [Range(1, 3650)]
    public int ExplorationWindowDays { get; set; } = 30;

    /// <summary>How many interactions, new items, new texts and lists of items, and erased users a state takes in before it is built anew from the store. This bounds memory and
    /// loses nothing.</summary>
    [Range(1, int.MaxValue)]
    public int LiveChangeLimit { get; set; } = 1_000_000;

    /// <summary>After how many days impressions are deleted; 0 keeps all.</summary>
    [Range(0, 36_500)]
    public int ImpressionRetentionDays { get; set; } = 90;

    /// <summary>How long caches may keep a list that is the same for everybody, as <c>similar</c> or <c>popular</c> by GET; 0 forbids it. Lists for a user are never kept.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PublicListMaxAge { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the service looks for the writes of other replicas.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan FeedInterval { get; set; } = TimeSpan.FromMilliseconds(500);
}
