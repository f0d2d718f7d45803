using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <param name="Trainer">The trainer's name.</param>
/// <param name="Options">The options that are tried first.</param>
/// <param name="IsConfigured">Whether somebody chose these options; else they are the defaults.</param>
public sealed record RecommenderCandidate(string Trainer, object Options, bool IsConfigured = false);

/// <summary>Options of a trainer, tried out once.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Options">Its options.</param>
/// <param name="Origin">Where the options come from, in a word or two.</param>
/// <param name="Fraction">The part of the users it was tried on, above 0 to 1.</param>
/// <param name="Value">The compared figure; null when there is none.</param>
/// <param name="TrainSeconds">The training alone.</param>
/// <param name="Seconds">Training and judging.</param>
/// <param name="PeakBytes">The most memory that the training held at once, garbage included, beside what was there before.</param>
/// <param name="ListMicroseconds">How long one thread takes over a list; null where there is no figure, and for ratings.</param>
/// <param name="Failure">Why there is no figure; null when there is one.</param>
public sealed record SelectionTrial(
    string Trainer, object Options, string Origin, double Fraction, double? Value, double TrainSeconds, double Seconds, long PeakBytes, double? ListMicroseconds, string? Failure);

/// <summary>What became of a candidate.</summary>
/// <param name="Candidate">Who, with the options that did best, or those that were tried first.</param>
/// <param name="Best">The trial with these options; null when there is no figure.</param>
/// <param name="Trials">How often it was tried.</param>
/// <param name="Seconds">All trials together.</param>
/// <param name="Reason">Why it was not tried, gave no figure, was not tried further or was not picked; null for the one that is picked.</param>
public sealed record SelectionRow(RecommenderCandidate Candidate, SelectionTrial? Best, int Trials, double Seconds, string? Reason);

/// <param name="Best">What is picked.</param>
/// <param name="Rows">One per candidate, the picked one first, then by their figures, those without one last.</param>
/// <param name="Trials">All of them, in their order.</param>
/// <param name="MeasureName">What the figure is called.</param>
public sealed record SelectionResult(RecommenderCandidate Best, IReadOnlyList<SelectionRow> Rows, IReadOnlyList<SelectionTrial> Trials, string MeasureName)
{
    /// <summary>What the bound on the time of a list cost, a sentence; null when it cost nothing.</summary>
    public string? GivenUp { get; init; }
}
