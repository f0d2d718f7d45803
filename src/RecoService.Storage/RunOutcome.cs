namespace RecoService.Storage;

/// <summary>How a model run ends. The names, in lower case, stand in the database, in answers, in logs and in metrics.</summary>
public enum RunOutcome
{
    /// <summary>Its models are served.</summary>
    Published,

    /// <summary>The gate found its candidate worse than what serves, or its numbers are not finite.</summary>
    Refused,

    /// <summary>Its models are stored and wait for an operator.</summary>
    Held,

    /// <summary>It could not be carried out.</summary>
    Failed,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,

    /// <summary>Its process stopped, or lost the lease.</summary>
    Interrupted,

    /// <summary>There was nothing to do.</summary>
    Skipped,
}

public static class RunOutcomeExtensions
{
    /// <summary>The outcome as it is stored and shown, in lower case.</summary>
    public static string ToWord(this RunOutcome outcome) => outcome switch
    {
        RunOutcome.Published => "published",
        RunOutcome.Refused => "refused",
        RunOutcome.Held => "held",
        RunOutcome.Failed => "failed",
        RunOutcome.Cancelled => "cancelled",
        RunOutcome.Interrupted => "interrupted",
        RunOutcome.Skipped => "skipped",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "There is no such outcome."),
    };

    /// <summary>What <see cref="ToWord"/> wrote.</summary>
    /// <exception cref="FormatException">It is no outcome.</exception>
    public static RunOutcome OutcomeOf(string word) => Enum.GetValues<RunOutcome>().Cast<RunOutcome?>().FirstOrDefault(outcome => outcome!.Value.ToWord() == word)
        ?? throw new FormatException($"'{word}' is no outcome of a model run.");
}
