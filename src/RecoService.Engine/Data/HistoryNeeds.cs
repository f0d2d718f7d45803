namespace RecoService.Engine.Data;

/// <summary>What a model needs of a history beside which items it holds and how much each weighs. A serving state keeps what a model of it needs, and no more.</summary>
[Flags]
public enum HistoryNeeds
{
    /// <summary>The items and their summed weights.</summary>
    None = 0,

    /// <summary>When the user last acted on each item.</summary>
    Times = 1,

    /// <summary>The user's last rating of each item.</summary>
    Ratings = 2,

    /// <summary>Which interaction came after which.</summary>
    Order = 4,

    /// <summary>Each interaction with an item, not only the last.</summary>
    Repeats = 8,

    /// <summary>The kind of each interaction.</summary>
    Kinds = 16,

    /// <summary>What only the single interactions say: see <see cref="UserHistory.Events"/>.</summary>
    Events = Order | Repeats | Kinds,
}
