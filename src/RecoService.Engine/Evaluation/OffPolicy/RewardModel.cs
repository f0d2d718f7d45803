using MathNet.Numerics.LinearAlgebra;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation.OffPolicy;

/// <summary>
/// What a reward is expected to be: a ridge regression on the context that all actions share, and one per action, with an intercept of its own, on what the first leaves. Features are
/// standardised, so one regularization suits all; a rare action stays near the shared part. Each round is predicted by a model that has not seen it (cross-fitting), without which doubly robust
/// intervals are too narrow. Hoerl, Kennard, Technometrics 12(1), 1970; Chernozhukov et al., "Double/Debiased Machine Learning", Econometrics Journal 21(1), 2018.
/// </summary>
internal sealed class RewardModel
{
    private readonly double[] means;
    private readonly double[] scales;
    private readonly double[] shared;
    private readonly double[][] perAction;

    private RewardModel(double[] means, double[] scales, double[] shared, double[][] perAction) =>
        (this.means, this.scales, this.shared, this.perAction) = (means, scales, shared, perAction);

    /// <summary>For each round what the model expects of the action that was shown, and of the evaluated policy.</summary>
    /// <param name="Logged">n.</param>
    /// <param name="Expected">n: the sum over actions of their probability times what is expected of them.</param>
    public sealed record Predictions(double[] Logged, double[] Expected);

    /// <summary>Predicts each round by a model of the other folds.</summary>
    /// <param name="rounds">Whose policy knows all actions.</param>
    /// <param name="folds">At least 2; fewer where there are fewer rounds.</param>
    /// <param name="regularization">In rounds: how many of them speak as loudly as the assumption of no effect; above 0.</param>
    /// <param name="seed">Deals the rounds to folds.</param>
    /// <param name="progress">Told 0..1 after each fold; null when nobody listens.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Predictions CrossFitted(LoggedRounds rounds, int folds, double regularization, int seed, Action<double>? progress, CancellationToken cancellationToken)
    {
        var order = new int[rounds.Count];
        for (var round = 0; round < order.Length; round++)
            order[round] = round;
        new SeededRandom(seed, 0).Shuffle<int>(order);
        folds = Math.Clamp(folds, 1, rounds.Count);
        var (logged, expected) = (new double[rounds.Count], new double[rounds.Count]);
        var rewards = new double[rounds.ActionCount];
        for (var fold = 0; fold < folds; fold++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var model = Fit(rounds, [.. order.Where((_, place) => place % folds != fold)], regularization);
            for (var place = fold; place < order.Length; place += folds)
            {
                var round = order[place];
                model.Predict(rounds.FeaturesOf(round), rewards);
                logged[round] = rewards[rounds.Actions[round]];
                var probabilities = rounds.Target.AllOf(round);
                for (var action = 0; action < rewards.Length; action++)
                    expected[round] += probabilities[action] * rewards[action];
            }

            progress?.Invoke((fold + 1.0) / folds);
        }

        return new Predictions(logged, expected);
    }

    /// <summary>Fits to some rounds.</summary>
    public static RewardModel Fit(LoggedRounds rounds, int[] chosen, double regularization)
    {
        var (means, scales) = ScalesOf(rounds, chosen);
        var width = means.Length + 1;
        var (gram, right) = (new double[width * width], new double[width]);
        var x = new double[width];
        foreach (var round in chosen)
        {
            Standardise(rounds.FeaturesOf(round), means, scales, x);
            Add(gram, right, x, rounds.Rewards[round]);
        }

        // The shared intercept is the mean reward, which nothing draws towards 0.
        var common = chosen.Length == 0 ? new double[width] : Solve(gram, right, regularization, freeIntercept: true);
        var own = new double[rounds.ActionCount][];
        foreach (var ofAction in chosen.GroupBy(round => rounds.Actions[round]))
        {
            Array.Clear(gram);
            Array.Clear(right);
            foreach (var round in ofAction)
            {
                Standardise(rounds.FeaturesOf(round), means, scales, x);
                Add(gram, right, x, rounds.Rewards[round] - Dot(common, x));
            }

            own[ofAction.Key] = Solve(gram, right, regularization, freeIntercept: false);
        }

        return new RewardModel(means, scales, common, own);
    }

    /// <summary>What is expected of every action in a context.</summary>
    /// <param name="features">d.</param>
    /// <param name="rewards">K.</param>
    public void Predict(ReadOnlySpan<double> features, Span<double> rewards)
    {
        Span<double> x = stackalloc double[means.Length + 1];
        Standardise(features, means, scales, x);
        var common = Dot(shared, x);
        for (var action = 0; action < rewards.Length; action++)
            rewards[action] = perAction[action] is { } own ? common + Dot(own, x) : common;
    }

    private static (double[] Means, double[] Scales) ScalesOf(LoggedRounds rounds, int[] chosen)
    {
        var (means, scales) = (new double[rounds.FeatureCount], new double[rounds.FeatureCount]);
        foreach (var round in chosen)
        {
            var features = rounds.FeaturesOf(round);
            for (var feature = 0; feature < means.Length; feature++)
                means[feature] += features[feature] / chosen.Length;
        }

        foreach (var round in chosen)
        {
            var features = rounds.FeaturesOf(round);
            for (var feature = 0; feature < means.Length; feature++)
                scales[feature] += (features[feature] - means[feature]) * (features[feature] - means[feature]) / chosen.Length;
        }

        for (var feature = 0; feature < scales.Length; feature++)
            scales[feature] = scales[feature] > 0 ? 1 / Math.Sqrt(scales[feature]) : 0;
        return (means, scales);
    }

    private static void Standardise(ReadOnlySpan<double> features, double[] means, double[] scales, Span<double> x)
    {
        for (var feature = 0; feature < features.Length; feature++)
            x[feature] = (features[feature] - means[feature]) * scales[feature];
        x[features.Length] = 1;
    }

    private static void Add(double[] gram, double[] right, double[] x, double y)
    {
        for (var i = 0; i < x.Length; i++)
        {
            right[i] += x[i] * y;
            for (var j = 0; j < x.Length; j++)
                gram[(i * x.Length) + j] += x[i] * x[j];
        }
    }

    private static double[] Solve(double[] gram, double[] right, double regularization, bool freeIntercept)
    {
        var matrix = Matrix<double>.Build.Dense(right.Length, right.Length, [.. gram]);
        for (var i = 0; i < right.Length - (freeIntercept ? 1 : 0); i++)
            matrix[i, i] += regularization;
        return matrix.Cholesky().Solve(Vector<double>.Build.Dense(right)).ToArray();
    }

    private static double Dot(double[] weights, ReadOnlySpan<double> x)
    {
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
            sum += weights[i] * x[i];
        return sum;
    }
}
