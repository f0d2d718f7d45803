namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>
/// What a policy showed, how probable that was, and what came of it; beside it the policy that is evaluated. A round is one action shown at one position of one list.
/// </summary>
public sealed class LoggedRounds
{
    /// <summary>How many features a context may have: the reward model solves systems of that order.</summary>
    public const int MostFeatures = 128;

    private readonly int[] actions;
    private readonly double[] rewards;
    private readonly double[] propensities;
    private readonly double[] features;

    /// <param name="actionCount">K, at least 1.</param>
    /// <param name="actions">n: what was shown, 0..K-1.</param>
    /// <param name="rewards">n: what came of it, finite; a click is 1.</param>
    /// <param name="propensities">n: how probable it was to show this action, above 0, at most 1.</param>
    /// <param name="target">The policy that is evaluated.</param>
    /// <param name="features">n x d, row-major, finite: what was known of the round, such as the user or the position; empty for nothing.</param>
    /// <exception cref="ArgumentException">The parts do not fit together, or a value is out of bounds; the message names the round.</exception>
    public LoggedRounds(int actionCount, int[] actions, double[] rewards, double[] propensities, TargetPolicy target, double[]? features = null)
    {
        var count = actions.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(actionCount, 1);
        if (count == 0 || rewards.Length != count || propensities.Length != count || target.RoundCount != count)
            throw new ArgumentException($"There is at least one round, and each has an action ({count}), a reward ({rewards.Length}), a propensity ({propensities.Length}) and a policy ({target.RoundCount}).", nameof(actions));
        if (target.KnowsAllActions && target.ActionCount != actionCount)
            throw new ArgumentException($"The policy knows {target.ActionCount} actions, and there are {actionCount}.", nameof(target));
        this.features = features ?? [];
        if (this.features.Length % count != 0 || this.features.Length / count > MostFeatures)
            throw new ArgumentException($"{this.features.Length} features are no number for each of {count} rounds, 0 to {MostFeatures}.", nameof(features));
        for (var round = 0; round < count; round++)
        {
            if ((uint)actions[round] >= (uint)actionCount)
                throw new ArgumentException($"Round {round} shows action {actions[round]}; there are {actionCount}.", nameof(actions));
            if (propensities[round] is not (> 0 and <= 1))
                throw new ArgumentException($"Round {round} has the propensity {propensities[round]}; it is above 0 and at most 1.", nameof(propensities));
            if (!double.IsFinite(rewards[round]))
                throw new ArgumentException($"Round {round} has the reward {rewards[round]}.", nameof(rewards));
        }

        if (Array.Exists(this.features, value => !double.IsFinite(value)))
            throw new ArgumentException("A feature is not finite.", nameof(features));
        (ActionCount, this.actions, this.rewards, this.propensities, Target) = (actionCount, actions, rewards, propensities, target);
    }

    /// <summary>n, how many rounds.</summary>
    public int Count => actions.Length;

    /// <summary>K, how many actions.</summary>
    public int ActionCount { get; }

    /// <summary>d, how many features a context has.</summary>
    public int FeatureCount => features.Length / Count;

    /// <summary>The policy that is evaluated.</summary>
    public TargetPolicy Target { get; }

    /// <summary>What was shown.</summary>
    public ReadOnlySpan<int> Actions => actions;

    /// <summary>What came of it.</summary>
    public ReadOnlySpan<double> Rewards => rewards;

    /// <summary>What was known of a round: d numbers.</summary>
    public ReadOnlySpan<double> FeaturesOf(int round) => features.AsSpan(round * FeatureCount, FeatureCount);

    /// <summary>The importance weights: how much more probable the evaluated policy shows what was shown than the logged one did. Their mean is 1 where propensities are right.</summary>
    public double[] Weights()
    {
        var weights = new double[Count];
        for (var round = 0; round < weights.Length; round++)
            weights[round] = Target.Of(round, actions[round]) / propensities[round];
        return weights;
    }
}
