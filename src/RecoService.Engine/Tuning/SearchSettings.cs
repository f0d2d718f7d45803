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

    /// <summary>How often what is picked is trained on everything afterwards; that counts in the budget.</summary>
    public int FinalTrainings { get; init; } = 1;

    /// <summary>How long one thread may take over a list of what is picked; null when there is no bound.</summary>
    public TimeSpan? MaxListTime { get; init; }

    /// <summary>Whether options are searched; else each recommender is tried with one set of them.</summary>
    public bool SearchesOptions { get; init; } = true;

    /// <summary>What was picked before; it is tried first.</summary>
    public NamedOptions? LastPick { get; init; }

    /// <summary>Where trainers of worker programs compute.</summary>
    public string Device { get; init; } = TrainingContext.Processor;
}

/// <param name="Trials">In the order they were made.</param>
/// <param name="Best">The best on all users.</param>
/// <param name="Initial">The configuration that the search began with.</param>
/// <param name="Difference">Best minus initial, user by user; null when the initial one failed.</param>
public sealed record SearchResult(IReadOnlyList<Trial> Trials, Trial Best, Trial Initial, PairedComparison? Difference);
