using RecoService.Engine.Algorithms.Ranking;

namespace RecoService.Engine.Algorithms.PolicyGradient;

/// <summary>
/// A softmax over candidates of a weighted sum of their features, and what lists of K items drawn by it earn, by the log of another policy. A drawn place with propensity beta counts by the importance weight w = pi / beta, at
/// most a bound, and for a list of K by 1 - (1 - pi)^K in the place of pi, whose gradient has the multiplier K (1 - pi)^(K - 1): Chen, Beutel, Covington, Jain, Belletti, Chi, "Top-K Off-Policy Correction for a REINFORCE
/// Recommender System", WSDM 2019, equations 3 and 6. The value is self-normalised, J = sum of R a / sum of a with a = w (1 - (1 - pi)^K) / pi, which is REINFORCE with J as the baseline: without it a policy could gain by
/// drawing what the log never shows (Swaminathan, Joachims, "The Self-Normalized Estimator for Counterfactual Learning", NIPS 2015).
/// </summary>
/// <param name="listLength">K, at least 1.</param>
/// <param name="weightLimit">The most that w may be.</param>
internal sealed class SlatePolicy(int listLength, double weightLimit)
{
    private const int Width = UserItemFeatures.Count;

    /// <summary>What is left of a sum when more than this part of it is taken away is summed anew, for little of it is sure.</summary>
    private const double SmallRest = 1e-6;

    /// <summary>How much one more chance of an item adds to the chance that it is in a list of K: K (1 - pi)^(K - 1).</summary>
    /// <param name="probability">pi, 0..1.</param>
    /// <param name="listLength">K.</param>
    public static double Multiplier(double probability, int listLength) => listLength * Math.Pow(1 - probability, listLength - 1);

    /// <summary>J, and its gradient.</summary>
    /// <param name="weights">One per feature.</param>
    /// <param name="rounds">The log.</param>
    /// <param name="gradient">One per feature.</param>
    /// <returns>J; 0 where nothing could be drawn.</returns>
    public double Value(ReadOnlySpan<double> weights, PolicyRounds rounds, Span<double> gradient)
    {
        var (earned, total) = (0.0, 0.0);
        Span<double> earnedSlope = stackalloc double[Width];
        Span<double> totalSlope = stackalloc double[Width];
        earnedSlope.Clear();
        totalSlope.Clear();
        Span<double> mean = stackalloc double[Width];
        foreach (var user in rounds.Users)
        {
            var softmax = new Softmax(weights, user);
            foreach (var round in user.Rounds)
            {
                var probability = softmax.Probability(round, mean);
                var weight = Math.Min(probability / round.Propensity, weightLimit);
                var shown = probability > 0 ? weight * (1 - Math.Pow(1 - probability, listLength)) / probability : 0;
                var scale = weight * Multiplier(probability, listLength);
                earned += round.Reward * shown;
                total += shown;
                for (var feature = 0; feature < Width; feature++)
                {
                    // grad ln pi is the features of what was drawn less their mean under the policy.
                    var slope = scale * (user.Features[(round.Candidate * Width) + feature] - mean[feature]);
                    earnedSlope[feature] += round.Reward * slope;
                    totalSlope[feature] += slope;
                }
            }
        }

        gradient.Clear();
        if (total <= 0)
            return 0;
        var value = earned / total;
        for (var feature = 0; feature < Width; feature++)
            gradient[feature] = (earnedSlope[feature] - (value * totalSlope[feature])) / total;
        return value;
    }

    /// <summary>How probable the policy draws what was drawn, round after round.</summary>
    public static double[] Probabilities(ReadOnlySpan<double> weights, PolicyRounds rounds)
    {
        var probabilities = new List<double>();
        Span<double> mean = stackalloc double[Width];
        foreach (var user in rounds.Users)
        {
            var softmax = new Softmax(weights, user);
            foreach (var round in user.Rounds)
                probabilities.Add(softmax.Probability(round, mean));
        }

        return [.. probabilities];
    }

    /// <summary>Of one user; what is the same for all their rounds is computed once.</summary>
    private readonly ref struct Softmax
    {
        private readonly PolicyUser user;
        private readonly double[] chances;
        private readonly double[] sums = new double[Width + 1];

        public Softmax(ReadOnlySpan<double> weights, PolicyUser user)
        {
            this.user = user;
            chances = new double[user.Features.Length / Width];
            var largest = double.NegativeInfinity;
            for (var candidate = 0; candidate < chances.Length; candidate++)
            {
                for (var feature = 0; feature < Width; feature++)
                    chances[candidate] += weights[feature] * user.Features[(candidate * Width) + feature];
                largest = Math.Max(largest, chances[candidate]);
            }

            for (var candidate = 0; candidate < chances.Length; candidate++)
            {
                chances[candidate] = Math.Exp(chances[candidate] - largest);
                Add(candidate, 1, sums);
            }
        }

        /// <summary>The probability of what was drawn, among all that did not stand above it.</summary>
        /// <param name="round">A round of the user.</param>
        /// <param name="mean">Takes the mean features under the policy.</param>
        public double Probability(PolicyRound round, Span<double> mean)
        {
            Span<double> rest = stackalloc double[Width + 1];
            sums.CopyTo(rest);
            foreach (var above in round.Above)
                Add(above, -1, rest);
            if (rest[Width] < SmallRest * sums[Width])
            {
                rest.Clear();
                for (var candidate = 0; candidate < chances.Length; candidate++)
                {
                    if (!round.Above.Contains(candidate))
                        Add(candidate, 1, rest);
                }
            }

            for (var feature = 0; feature < Width; feature++)
                mean[feature] = rest[Width] > 0 ? rest[feature] / rest[Width] : 0;
            return rest[Width] > 0 ? chances[round.Candidate] / rest[Width] : 0;
        }

        private void Add(int candidate, int sign, Span<double> to)
        {
            for (var feature = 0; feature < Width; feature++)
                to[feature] += sign * chances[candidate] * user.Features[(candidate * Width) + feature];
            to[Width] += sign * chances[candidate];
        }
    }
}
