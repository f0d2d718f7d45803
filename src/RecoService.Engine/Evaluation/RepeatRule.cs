namespace RecoService.Engine.Evaluation;

/// <summary>Which of the items that a user had before may stand on their list, and count when they are taken again.</summary>
public enum RepeatRule
{
    /// <summary>None of them: lists are of new items.</summary>
    None,

    /// <summary>All of them, beside new items.</summary>
    Allow,

    /// <summary>All of them, and no new items.</summary>
    Only,

    /// <summary>As lists are served: those that the user has not consumed, or may have again by then; new items too. See <see cref="Data.InteractionKind.Consumes"/> and <see cref="Data.ItemContent.ConsumesForDays"/>.</summary>
    AsServed,
}
