namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>How policies are evaluated.</summary>
/// <param name="Folds">Into how many parts the rounds are cut for the reward model; at least 2.</param>
/// <param name="Regularization">Of the reward model, in rounds; above 0.</param>
/// <param name="Seed">Deals the rounds to the parts.</param>
public sealed record OffPolicyOptions(int Folds = 5, double Regularization = 3, int Seed = 42);

/// <summary>
/// Estimates what a policy would earn from what another one showed. With w the importance weight, r the reward, q the reward model and V = sum over actions of probability times q:
/// <list type="bullet">
/// <item>IPS, mean of w r. Unbiased; its tail is as long as that of the weights. Horvitz, Thompson, JASA 47, 1952.</item>
/// <item>SNIPS, sum of w r over sum of w. A small bias for less variance; interval by linearisation. Swaminathan, Joachims, NIPS 2015.</item>
/// <item>DM, mean of V. As good as the model; its interval knows nothing of the model's errors.</item>
/// <item>DR, mean of V + w (r - q). Unbiased, with the variance of what the model leaves. Dudik, Langford, Li, ICML 2011.</item>
/// <item>Switch-DR, the same without the second term where w is above a bound. The bound is the candidate (a quantile of the weights) with the least estimated mean squared error. Wang, Agarwal, Dudik,
/// ICML 2017.</item>
/// </list>
/// Intervals are 95%, see <see cref="SkewedMean"/>, and take rounds for independent.
/// </summary>
public static class OffPolicyEvaluator
{
    /// <summary>Inverse propensity scoring.</summary>
    public const string Ips = "IPS";

    /// <summary>The self-normalised one.</summary>
    public const string Snips = "SNIPS";

    /// <summary>The direct method.</summary>
    public const string Direct = "DM";

    /// <summary>Doubly robust.</summary>
    public const string DoublyRobust = "DR";

    /// <summary>Doubly robust with a bound on weights.</summary>
    public const string SwitchDoublyRobust = "switch-DR";

    private static readonly double[] SwitchQuantiles = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995];

    /// <summary>Evaluates the policy of the rounds by every estimator that can be used.</summary>
    /// <param name="rounds">What was logged.</param>
    /// <param name="options">How the reward model is fitted; null: the defaults.</param>
    /// <param name="progress">Told 0..1; null when nobody listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The policy shows nothing of what was logged.</exception>
    public static OffPolicyResult Evaluate(LoggedRounds rounds, OffPolicyOptions? options = null, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new OffPolicyOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Folds, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Regularization);
        var weights = rounds.Weights();
        var (meanWeight, weightError, _) = SkewedMean.Of(weights);
        if (meanWeight == 0)
            throw new InvalidDataException("The evaluated policy would have shown none of the logged actions, so the log says nothing of it.");
        var rewards = rounds.Rewards.ToArray();
        List<PolicyValue> values = [ValueOf(Ips, IpsScores(rewards, weights)), ValueOf(Snips, SnipsScores(rewards, weights, meanWeight))];
        double? switchAt = null;
        if (rounds.Target.KnowsAllActions)
        {
            var model = RewardModel.CrossFitted(rounds, options.Folds, options.Regularization, options.Seed, progress, cancellationToken);
            switchAt = BestSwitch(rewards, weights, model);
            values.Add(ValueOf(Direct, model.Expected));
            values.Add(ValueOf(DoublyRobust, DrScores(rewards, weights, model, double.PositiveInfinity)));
            values.Add(ValueOf(SwitchDoublyRobust, DrScores(rewards, weights, model, switchAt.Value)));
        }

        progress?.Invoke(1);
        var squares = weights.Sum(weight => weight * weight);
        return new OffPolicyResult(
            ValueOf("logged", rewards), values, meanWeight * meanWeight * rounds.Count * rounds.Count / squares, meanWeight, weightError, weights.Max(), switchAt);

        PolicyValue ValueOf(string estimator, double[] scores)
        {
            var (value, error, interval) = SkewedMean.Of(scores);
            var (difference, _, differences) = SkewedMean.Of([.. scores.Zip(rewards, (score, reward) => score - reward)]);
            return new PolicyValue(estimator, value, error, interval, difference, differences);
        }
    }

    private static double[] IpsScores(double[] rewards, double[] weights) => [.. rewards.Zip(weights, (reward, weight) => reward * weight)];

    /// <summary>The value plus what each round adds to it by linearisation: their mean is the value, and their variance its own.</summary>
    private static double[] SnipsScores(double[] rewards, double[] weights, double meanWeight)
    {
        var value = rewards.Zip(weights, (reward, weight) => reward * weight).Sum() / (meanWeight * rewards.Length);
        return [.. rewards.Zip(weights, (reward, weight) => value + (weight * (reward - value) / meanWeight))];
    }

    private static double[] DrScores(double[] rewards, double[] weights, RewardModel.Predictions model, double switchAt)
    {
        var scores = new double[rewards.Length];
        for (var round = 0; round < scores.Length; round++)
            scores[round] = model.Expected[round] + (weights[round] <= switchAt ? weights[round] * (rewards[round] - model.Logged[round]) : 0);
        return scores;
    }

    /// <summary>The bound with the least variance / n + bias^2, where the bias is the mean of what the bound leaves out.</summary>
    private static double BestSwitch(double[] rewards, double[] weights, RewardModel.Predictions model)
    {
        double[] ascending = [.. weights.Order()];
        var (best, least) = (ascending[^1], double.PositiveInfinity);
        foreach (var bound in SwitchQuantiles.Select(quantile => ascending[(int)(quantile * (ascending.Length - 1))]).Append(ascending[^1]).Distinct())
        {
            var bias = 0.0;
            for (var round = 0; round < rewards.Length; round++)
                bias += weights[round] > bound ? weights[round] * (rewards[round] - model.Logged[round]) / rewards.Length : 0;
            var error = SkewedMean.Of(DrScores(rewards, weights, model, bound)).StandardError;
            var squared = (error * error) + (bias * bias);
            if (squared <= least)
                (best, least) = (bound, squared);
        }

        return best;
    }
}
