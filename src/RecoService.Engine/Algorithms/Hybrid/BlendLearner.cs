using RecoService.Engine.Composition;
using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Hybrid;

/// <summary>What the blend of one user is learned from.</summary>
/// <param name="Items">The candidates, ascending.</param>
/// <param name="Scores">|components| x |candidates|, row-major, each row on its <see cref="ScoreScale"/>; 0 for unknown.</param>
/// <param name="Relevant">What should stand in front, ascending, candidate or not.</param>
internal sealed record BlendUser(int[] Items, float[] Scores, int[] Relevant);

/// <summary>
/// Finds the weights of at least 0 whose blend has the highest mean nDCG on a validation part, by coordinate ascent from several starts: nDCG is a step
/// function of the weights and has no gradient. Metzler, Croft, "Linear Feature-Based Models for Information Retrieval", Information Retrieval 10(3), 2007.
/// Most climbs end at different places of nearly equal nDCG; the mean of these is taken, for which of them is best is chance, and the mean does better on other users.
/// </summary>
/// <param name="users">At least one.</param>
/// <param name="componentCount">How many weights there are.</param>
/// <param name="cutOff">The length of the lists.</param>
internal sealed class BlendLearner(IReadOnlyList<BlendUser> users, int componentCount, int cutOff)
{
    private const float FirstStep = 0.2f;
    private const float LastStep = 0.02f;

    /// <summary>A smaller gain is not worth a step: it would not be found again on other users.</summary>
    private const double LeastGain = 1e-5;

    /// <summary>An end that falls short of the best by no more than this part of it is as good.</summary>
    private const double NearlyAsGood = 0.01;

    /// <summary>A component with less than this part of the largest weight does not earn the time it takes.</summary>
    private const float LeastWeight = 0.02f;

    /// <returns>One weight per component, summing to 1.</returns>
    public float[] Learn(int restarts, TrainingContext context)
    {
        var starts = Starts(restarts, context.Seed);
        var ends = new (float[] Weights, double Value)[starts.Count];
        context.ForEachBlock(starts.Count, start => ends[start] = Climb(starts[start], context.CancellationToken));
        var lowest = (1 - NearlyAsGood) * ends.Max(end => end.Value);
        var good = ends.Where(end => end.Value >= lowest).ToList();
        return Pruned(Normalised([.. Enumerable.Range(0, componentCount).Select(component => good.Average(end => end.Weights[component]))]));
    }

    /// <summary>Mean nDCG of the blend's lists.</summary>
    public double Ndcg(ReadOnlySpan<float> weights)
    {
        var best = new TopK(cutOff);
        var (list, scores) = (new int[cutOff], new float[cutOff]);
        var blended = new float[users.Max(user => user.Items.Length)];
        var sum = 0.0;
        foreach (var user in users)
        {
            Blend(user, weights, blended);
            for (var position = 0; position < user.Items.Length; position++)
            {
                if (blended[position] >= best.Threshold)
                    best.Offer(user.Items[position], blended[position]);
            }

            sum += UserMetrics.Of(list.AsSpan(0, best.Drain(list, scores)), user.Relevant, cutOff, IdealDcg.AtMostK).Ndcg;
        }

        return sum / users.Count;
    }

    private static void Blend(BlendUser user, ReadOnlySpan<float> weights, float[] blended)
    {
        var row = blended.AsSpan(0, user.Items.Length);
        row.Clear();
        for (var component = 0; component < weights.Length; component++)
        {
            if (weights[component] > 0)
                VectorMath.AddScaled(row, weights[component], user.Scores.AsSpan(component * row.Length, row.Length));
        }
    }

    /// <summary>Equal weights, the best component alone, and weights drawn evenly from all that sum to 1.</summary>
    private List<float[]> Starts(int restarts, int seed)
    {
        var alone = Enumerable.Range(0, componentCount).Select(component => Single(component)).ToList();
        var starts = new List<float[]> { Normalised([.. Enumerable.Repeat(1f, componentCount)]), alone.MaxBy(weights => Ndcg(weights))! };
        for (var restart = 0; restart < restarts; restart++)
        {
            var random = new SeededRandom(seed, restart);
            starts.Add(Normalised([.. Enumerable.Range(0, componentCount).Select(_ => (float)-Math.Log(1 - random.NextDouble()))]));
        }

        return starts;
    }

    private (float[] Weights, double Value) Climb(float[] weights, CancellationToken cancellationToken)
    {
        var value = Ndcg(weights);
        for (var step = FirstStep; step >= LastStep;)
        {
            var before = value;
            for (var component = 0; component < componentCount; component++)
            {
                foreach (var change in (ReadOnlySpan<float>)[step, -step])
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Moved(weights, component, change) is not { } tried || Ndcg(tried) is var reached && reached <= value + LeastGain)
                        continue;
                    (weights, value) = (tried, reached);
                    break;
                }
            }

            if (value == before)
                step /= 2;
        }

        return (weights, value);
    }

    private static float[]? Moved(float[] weights, int component, float change)
    {
        var moved = (float[])weights.Clone();
        moved[component] = Math.Max(0, moved[component] + change);
        return moved[component] == weights[component] || moved.Sum() <= 0 ? null : Normalised(moved);
    }

    private static float[] Pruned(float[] weights) => Normalised(Array.ConvertAll(weights, weight => weight < LeastWeight * weights.Max() ? 0 : weight));

    private static float[] Normalised(float[] weights)
    {
        var sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    private float[] Single(int component)
    {
        var weights = new float[componentCount];
        weights[component] = 1;
        return weights;
    }
}
