using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <param name="Budget">How long to search; null: until all trials are made. The first configuration and one under way may take longer.</param>
/// <param name="MaxTrials">How many configurations begin, beside the first; null: as many as the budget allows. With a number and without a budget the result depends on nothing but data, seed and options.</param>
/// <param name="Seed">Of the draws and of every training.</param>
/// <param name="Threads">Training and judging.</param>
public sealed record SearchSettings(TimeSpan? Budget, int? MaxTrials = null, int Seed = 42, int Threads = 1)
{
    /// <summary>On fewer judged users than this no configuration is compared: what looks best on them is chance.</summary>
    public int MinUsers { get; init; } = 1000;

    /// <summary>What each training may take; null when there is no bound. One that needs more has failed.</summary>
    public TrainingMemory? Memory { get; init; }
}

/// <param name="Trials">In the order they were made.</param>
/// <param name="Best">The best on all users.</param>
/// <param name="Initial">The configuration that the search began with.</param>
/// <param name="Difference">Best minus initial, user by user; null when the initial one failed.</param>
public sealed record SearchResult(IReadOnlyList<Trial> Trials, Trial Best, Trial Initial, PairedComparison? Difference);
