using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tuning;

/// <summary>A candidate on its way through a <see cref="RecommenderSelection"/>.</summary>
internal sealed class Contender(RecommenderCandidate candidate, TrainerSearch search, int order)
{
    private readonly HashSet<(string Options, double Part)> tried = [];
    private double secondsBeforeDraws;

    /// <summary>By the figure, then by the order given; those without a figure last.</summary>
    public static Comparer<Contender> BestFirst { get; } = Comparer<Contender>.Create(static (left, right) =>
    {
        if (left.Best is null != right.Best is null)
            return left.Best is null ? 1 : -1;
        if (left.Best is { } own && right.Best is { } other && own.Measurement.Value != other.Measurement.Value)
            return own.Measurement.IsBetterThan(other.Measurement) ? -1 : 1;
        return left.Order.CompareTo(right.Order);
    });

    public RecommenderCandidate Candidate { get; } = candidate;

    public TrainerSearch Search { get; } = search;

    public string Trainer => Candidate.Trainer;

    /// <summary>As the candidates were given.</summary>
    public int Order { get; } = order;

    public bool IsComposed => Search.Compose is not null;

    /// <summary>The best trial on the part of the users that decides, and what it measured.</summary>
    public (SelectionTrial Trial, Measurement Measurement)? Best { get; private set; }

    /// <summary>The model of <see cref="Best"/>, while others may be made of it.</summary>
    public IScorer? Model { get; set; }

    public int Trials { get; private set; }

    public double Seconds { get; private set; }

    /// <summary>Of the last trial that ended: judging, and training.</summary>
    public double JudgeSeconds { get; private set; }

    /// <summary>How many trials in a row were no better.</summary>
    public int Misses { get; private set; }

    public string? Reason { get; set; }

    /// <summary>The search space of the options; null until it is needed.</summary>
    public SearchSpace? Space { get; set; }

    /// <summary>Where the best of the drawn configurations stands in the space.</summary>
    public double[]? Centre { get; set; }

    /// <summary>Of all trials for which operations were predicted; one that was stopped counts twice, for what did not end takes longer still.</summary>
    public double TrainSeconds { get; private set; }

    /// <summary>How many operations were predicted for <see cref="TrainSeconds"/>.</summary>
    public double Operations { get; private set; }

    /// <summary>What the draws of its options have taken.</summary>
    public double DrawSeconds => Seconds - secondsBeforeDraws;

    /// <summary>Forgets the misses, which were not of draws.</summary>
    public void BeginDraws()
    {
        Misses = 0;
        secondsBeforeDraws = Seconds;
    }

    /// <summary>Whether options have been tried on a part of the users.</summary>
    public bool WasTried(string options, double part) => tried.Contains((options, part));

    /// <summary>Notes that options are tried on a part of the users.</summary>
    /// <returns>False where they have been.</returns>
    public bool Begin(string options, double part) => tried.Add((options, part));

    /// <summary>Notes a draw that was no better, or could not be tried.</summary>
    public void Miss() => Misses++;

    private void Learn(double? operations, double seconds)
    {
        if (operations is not > 0)
            return;
        TrainSeconds += seconds;
        Operations += operations.Value;
    }

    /// <summary>Notes why it is not tried; what has a figure needs no reason.</summary>
    public void IsLeftOut(string reason) => Reason ??= Best is null ? reason : null;

    /// <summary>Takes in a trial.</summary>
    /// <param name="trial">It.</param>
    /// <param name="measurement">What it measured; null when it failed.</param>
    /// <param name="operations">How many were predicted; null when nobody could say.</param>
    /// <param name="decides">Whether it was on the part of the users that decides.</param>
    /// <returns>Whether it is the best so far.</returns>
    public bool Add(SelectionTrial trial, Measurement? measurement, double? operations, bool decides)
    {
        Trials++;
        Seconds += trial.Seconds;
        if (measurement is null)
        {
            Miss();
            if (Best is null)
                Reason ??= trial.Failure;
            Learn(operations, 2 * trial.TrainSeconds);
            return false;
        }

        JudgeSeconds = trial.Seconds - trial.TrainSeconds;
        Learn(operations, trial.TrainSeconds);
        if (!decides)
            return false;
        if (Best is { } best && !measurement.IsBetterThan(best.Measurement))
        {
            Miss();
            return false;
        }

        Misses = 0;
        Reason = null;
        Best = (trial, measurement);
        return true;
    }
}
