using System.Buffers;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>
/// Stochastic gradient descent from 0 on -ln sigmoid(score(i) - score(j)) + lambda/2 |p|^2 over the user's wanted items i and others j. With the items fixed this is
/// convex, so that falling steps come to rest where training's small ones drift to. The others are the items they are against, each in its turn, and in between
/// items of a sample that all users share: it stays in the cache, and makes the same history give the same factors. Of a long history every other step takes one of
/// the newest items, or what the user did a moment ago would drown in it.
/// </summary>
internal sealed class BprUserSolver : IUserEncoder
{
    /// <summary>How many items a sample has.</summary>
    public const int SampleSize = 512;

    private const int MinSteps = 192;
    private const int MaxSteps = 768;
    private const int StepsPerItem = 16;
    private const int NewestItems = 16;
    private const float FirstRate = 0.5f;

    private readonly FactorModel model;
    private readonly float regularization;
    private readonly int[] sample;
    private readonly AlignedFloats sampleFactors;

    /// <param name="model">A model of <see cref="BprTrainer"/>.</param>
    /// <param name="regularization">lambda.</param>
    /// <param name="sampleKeys">As of <see cref="BprFoldIn"/>; those that the model does not know any more are passed over.</param>
    public BprUserSolver(FactorModel model, float regularization, ReadOnlySpan<int> sampleKeys)
    {
        this.model = model;
        this.regularization = regularization;
        sample = IndexesOf(model, sampleKeys) is { Length: > 0 } drawn ? drawn : SampleOf(model);
        sampleFactors = new AlignedFloats(sample.Length * model.ItemFactors.Factors);
        RowKernels.Gather(model.ItemFactors, sample, sampleFactors.Span);
    }

    public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
    {
        bias = 0;
        factors.Clear();
        var rented = ArrayPool<int>.Shared.Rent(user.Items.Length);
        var wanted = Pick(user, 1, rented);
        var against = Pick(user, -1, rented.AsSpan(wanted.Length));
        Span<int> newest = stackalloc int[NewestItems];
        if (wanted.Length == 0)
            factors.Fill(float.NaN);
        else
            Descend(wanted, newest[..PickNewest(user, newest)], against, factors);
        ArrayPool<int>.Shared.Return(rented);
        return VectorMath.AllFinite(factors) || wanted.Length == 0;
    }

    private void Descend(ReadOnlySpan<int> wanted, ReadOnlySpan<int> newest, ReadOnlySpan<int> against, Span<float> factors)
    {
        var steps = Math.Clamp(StepsPerItem * wanted.Length, MinSteps, MaxSteps);
        var (nextWanted, nextNewest, nextAgainst, nextSample) = (0, 0, 0, 0);
        for (var step = 0; step < steps; step++)
        {
            // Those they are against stand opposite to both halves of the steps.
            var positive = step % 4 < 2 ? Next(wanted, ref nextWanted) : Next(newest, ref nextNewest);
            var rate = FirstRate / (1 + (8f * step / steps));
            if (against.Length > 0 && step % 2 == 1)
            {
                var negative = Next(against, ref nextAgainst);
                Step(factors, positive, negative, model.ItemFactors[negative], rate);
                continue;
            }

            var position = nextSample;
            nextSample = nextSample + 1 == sample.Length ? 0 : nextSample + 1;
            if (wanted.BinarySearch(sample[position]) < 0)
                Step(factors, positive, sample[position], sampleFactors.Span.Slice(position * factors.Length, factors.Length), rate);
        }
    }

    private void Step(Span<float> p, int positive, int negative, ReadOnlySpan<float> b, float rate)
    {
        var a = model.ItemFactors[positive];
        var difference = model.ItemBiases[positive] - model.ItemBiases[negative] + GradientSteps.DotOfDifference(p, a, b);
        GradientSteps.StepUser(p, a, b, Math.Max(0, 1 - (rate * regularization)), rate / (1 + MathF.Exp(difference)));
    }

    /// <summary>One after the other, and from the beginning again.</summary>
    private static int Next(ReadOnlySpan<int> items, ref int next)
    {
        var item = items[next];
        next = next + 1 == items.Length ? 0 : next + 1;
        return item;
    }

    /// <summary>The items of positive weight that they acted on last; of equally new ones those of low index.</summary>
    private static int PickNewest(in UserHistory user, Span<int> newest)
    {
        Span<long> times = stackalloc long[newest.Length];
        var count = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (user.Weights[position] <= 0)
                continue;
            var at = Math.Min(count, newest.Length);
            while (at > 0 && times[at - 1] < user.Times[position])
                at--;
            if (at == newest.Length)
                continue;
            count = Math.Min(count + 1, newest.Length);
            newest[at..(count - 1)].CopyTo(newest[(at + 1)..]);
            times[at..(count - 1)].CopyTo(times[(at + 1)..]);
            (newest[at], times[at]) = (user.Items[position], user.Times[position]);
        }

        return count;
    }

    /// <summary>The items whose weight has that sign, ascending.</summary>
    private static ReadOnlySpan<int> Pick(in UserHistory user, int sign, Span<int> picked)
    {
        var count = 0;
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (MathF.Sign(user.Weights[position]) == sign)
                picked[count++] = user.Items[position];
        }

        return picked[..count];
    }

    private static int[] IndexesOf(FactorModel model, ReadOnlySpan<int> keys)
    {
        var indexes = new List<int>(keys.Length);
        foreach (var key in keys)
        {
            if (model.Items.TryGetIndex(key, out var index) && model.KnowsItem(index))
                indexes.Add(index);
        }

        return [.. indexes];
    }

    /// <summary>Distinct known items, every one as likely as another.</summary>
    private static int[] SampleOf(FactorModel model)
    {
        int[] known = [.. Enumerable.Range(0, model.Items.Count).Where(model.KnowsItem)];
        new SeededRandom(seed: 0, stream: 0).Shuffle(known.AsSpan());
        return known[..Math.Min(known.Length, SampleSize)];
    }
}
