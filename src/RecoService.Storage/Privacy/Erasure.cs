namespace RecoService.Storage.Privacy;

/// <summary>What an erasure is held to.</summary>
/// <param name="SettleAfter">How long lists that were shown before may still be on their way into the store.</param>
/// <param name="RetrainWithin">After what time the models that serve must have forgotten the user, too.</param>
public sealed record ErasureTerms(TimeSpan SettleAfter, TimeSpan RetrainWithin);

/// <summary>A model that may have learned from an erased user.</summary>
/// <param name="Version">Its version.</param>
/// <param name="IsStored">The store still has it.</param>
/// <param name="IsServed">The current publication names it, or an experiment tries it.</param>
/// <param name="RetiredAt">When it was served for the last time; null: it is served, or never was.</param>
public sealed record LearnedModel(int Version, bool IsStored, bool IsServed, DateTimeOffset? RetiredAt);

/// <summary>The receipt of an erasure; it does not name the user.</summary>
/// <param name="Id">Names the erasure.</param>
/// <param name="UserKey">The key that every served model drops; null for somebody who was only shown lists.</param>
/// <param name="RequestedAt">When all rows of the user were deleted.</param>
/// <param name="SettledAt">When the last late arrival was swept and the user's id forgotten; null: not yet.</param>
/// <param name="RetrainDueAt">Until when no model that learned from the user may serve.</param>
/// <param name="RetrainAskedAt">When a model run was last started for it; null: never.</param>
/// <param name="Deleted">Rows by table.</param>
/// <param name="Models">By version, ascending.</param>
public sealed record Erasure(
    Guid Id, int? UserKey, DateTimeOffset RequestedAt, DateTimeOffset? SettledAt, DateTimeOffset RetrainDueAt, DateTimeOffset? RetrainAskedAt, IReadOnlyDictionary<string, long> Deleted, IReadOnlyList<LearnedModel> Models)
{
    /// <summary>A model run that began before the erasure is under way, and may bring another such model.</summary>
    public bool IsBeingLearned { get; init; }

    /// <summary>Some model that learned from the user still serves.</summary>
    public bool IsLearned => Models.Any(model => model.IsServed);

    /// <summary>Nothing of the user is stored, nothing can arrive, and nothing that serves has learned from them.</summary>
    public bool IsDone => SettledAt is not null && !IsLearned && !IsBeingLearned;

    /// <summary>When the last of the models was served for the last time; null: one still serves, or none ever did.</summary>
    public DateTimeOffset? LastRetiredAt => IsLearned ? null : Models.Max(model => model.RetiredAt);
}
