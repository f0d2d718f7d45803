namespace RecoService.Engine.Recommending.Exploration;

/// <summary>Which policy chooses the items of the places that explore.</summary>
public enum ExplorationPolicy
{
    /// <summary>As often as an item is believed to be the best: <see cref="ThompsonSampling"/>.</summary>
    Thompson,

    /// <summary>The same with a normal belief of the cube root of the odds, for a part of the processor time: <see cref="NormalThompsonSampling"/>.</summary>
    NormalThompson,

    /// <summary>Any item now and then, else the best: <see cref="Exploration.EpsilonGreedy"/>.</summary>
    EpsilonGreedy,

    /// <summary>The better the more often: <see cref="Exploration.Boltzmann"/>.</summary>
    Boltzmann,

    /// <summary>The highest upper bound of what is known of each item by itself, and any item now and then: <see cref="Exploration.Ucb1"/>.</summary>
    Ucb1,

    /// <summary>The same by what is known of the user and the item: LinUCB, <see cref="HighestBound"/>.</summary>
    LinUcb,
}

/// <summary>How the lists of a placement explore.</summary>
public sealed record ExplorationOptions
{
    /// <summary>Who chooses.</summary>
    public ExplorationPolicy Policy { get; init; } = ExplorationPolicy.NormalThompson;

    /// <summary>Which part of the places explores, evenly spread; 0..1. Of ten places 0.2 are the fifth and the tenth.</summary>
    public double Share { get; init; } = 0.2;

    /// <summary>How often epsilon-greedy, UCB1 and LinUCB show any item; 0..1, above 0 of the latter two.</summary>
    public double Epsilon { get; init; } = 0.1;

    /// <summary>The temperature of Boltzmann, in rewards per time shown; above 0.</summary>
    public double Temperature { get; init; } = 0.01;

    /// <summary>How many times shown the belief from the model's score is worth; above 0.</summary>
    public double PriorStrength { get; init; } = 20;

    /// <summary>How many standard deviations above the mean the bounds of LinUCB are; 0 or more.</summary>
    public double Alpha { get; init; } = 0.5;

    /// <summary>Whether the policy draws no lots of itself, so that epsilon alone makes propensities.</summary>
    public bool NeedsEpsilon => Policy is ExplorationPolicy.Ucb1 or ExplorationPolicy.LinUcb;

    internal IBanditPolicy ToPolicy() => Policy switch
    {
        ExplorationPolicy.Thompson => new ThompsonSampling(),
        ExplorationPolicy.NormalThompson => new NormalThompsonSampling(),
        ExplorationPolicy.EpsilonGreedy => new EpsilonGreedy(Epsilon),
        ExplorationPolicy.Boltzmann => new Boltzmann(Temperature),
        ExplorationPolicy.Ucb1 => new WithEpsilon(new Ucb1(), Epsilon),
        ExplorationPolicy.LinUcb => new WithEpsilon(new HighestBound(), Epsilon),
        _ => throw new InvalidOperationException($"There is no policy {Policy}."),
    };
}
