using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.SvdPlusPlus;

/// <summary>
/// Gradient descent over all ratings of one user, exactly as if every rating stepped p_u, q_i and each y_j of N(u), at the cost of p_u and q_i alone.
/// </summary>
/// <remarks>
/// Let z = |N|^-1/2 sum y_j and w = p_u + z. A step with the error e takes p_u to s p_u + g q_i and every y_j to s y_j + |N|^-1/2 g q_i,
/// where g = rate e and s = 1 - rate Regularization; so z goes to s z + g q_i, and w to s w + 2 g q_i. It is enough to follow w through the user's k ratings: half of
/// what it gained, d = (w_after - s^k w_before) / 2, belongs to p_u, which becomes s^k p_u + d, and each y_j becomes s^k y_j + |N|^-1/2 d.
/// </remarks>
internal sealed class SvdPlusPlusUser(SvdPlusPlusParameters parameters, SvdPlusPlusOptions options)
{
    private readonly float[] whole = new float[options.Factors];
    private readonly float[] gain = new float[options.Factors];
    private int[] order = [];

    /// <param name="user">A user with ratings.</param>
    /// <param name="rate">The learning rate of this epoch.</param>
    /// <param name="random">Orders the ratings.</param>
    public void Train(int user, float rate, ref SeededRandom random)
    {
        parameters.AddUpUser(user, whole);
        whole.CopyTo(gain, 0);
        StepThroughRatings(user, rate, ref random);

        var kept = MathF.Pow(1 - (rate * options.Regularization), parameters.Ratings.RowLength(user));
        for (var factor = 0; factor < gain.Length; factor++)
            gain[factor] = (whole[factor] - (kept * gain[factor])) / 2;
        parameters.Spread(user, kept, gain);
    }

    private void StepThroughRatings(int user, float rate, ref SeededRandom random)
    {
        var items = parameters.Ratings.RowColumns(user);
        var values = parameters.Ratings.RowValues(user);
        var shrink = 1 - (rate * options.Regularization);
        var biasShrink = 1 - (rate * options.BiasRegularization);
        ref var userBias = ref parameters.UserBiases[user];
        foreach (var position in Shuffled(items.Length, ref random))
        {
            var itemRow = parameters.ItemFactors.Row(items[position]);
            ref var itemBias = ref parameters.ItemBiases[items[position]];
            var step = rate * (values[position] - (parameters.Mean + userBias + itemBias + VectorMath.Dot(whole, itemRow)));
            userBias = (userBias * biasShrink) + step;
            itemBias = (itemBias * biasShrink) + step;
            GradientSteps.StepPair(whole, itemRow, shrink, pStep: 2 * step, qStep: step);
        }
    }

    private ReadOnlySpan<int> Shuffled(int count, ref SeededRandom random)
    {
        if (order.Length < count)
            order = new int[Math.Max(count, 2 * order.Length)];
        var positions = order.AsSpan(0, count);
        for (var position = 0; position < count; position++)
            positions[position] = position;
        random.Shuffle(positions);
        return positions;
    }
}
