namespace RecoService.Storage;

/// <summary>What became of one interaction of a batch.</summary>
public enum AppendStatus
{
    /// <summary>It is stored.</summary>
    Accepted,

    /// <summary>It was stored before, or is older than the rating that is stored. It changed nothing.</summary>
    Duplicate,

    /// <summary>Its id is taken by an interaction with other content. It was left out.</summary>
    Conflict,
}

/// <param name="Id">The id it is stored under; null for a rating that came without.</param>
/// <param name="UserKey">The key of its user, also of a duplicate.</param>
/// <param name="ItemKey">The key of its item, also of a duplicate.</param>
/// <param name="Status">What became of it.</param>
/// <param name="OccurredAt">The time under which it is stored if it was accepted, in Unix milliseconds.</param>
/// <param name="IsClamped">It said that it happened later than it arrived; its arrival counts.</param>
public readonly record struct AppendedInteraction(string? Id, int UserKey, int ItemKey, AppendStatus Status, long OccurredAt, bool IsClamped)
{
    public bool IsAccepted => Status == AppendStatus.Accepted;
}

/// <param name="Interactions">One per interaction of the batch, in order.</param>
/// <param name="Change">The number of this change, under which the feed will tell of it; 0 when nothing is new.</param>
public sealed record AppendResult(IReadOnlyList<AppendedInteraction> Interactions, long Change)
{
    public int Accepted { get; } = Interactions.Count(one => one.Status == AppendStatus.Accepted);

    public int Duplicates { get; } = Interactions.Count(one => one.Status == AppendStatus.Duplicate);

    public int Conflicts { get; } = Interactions.Count(one => one.Status == AppendStatus.Conflict);

    /// <summary>Of the accepted.</summary>
    public int Clamped { get; } = Interactions.Count(one => one is { IsAccepted: true, IsClamped: true });
}
