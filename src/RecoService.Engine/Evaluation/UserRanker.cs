using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Evaluation;

/// <summary>What one thread needs to rank user after user without allocating.</summary>
/// <param name="model">Over the key maps of <paramref name="train"/>.</param>
/// <param name="train">What is known of the users.</param>
/// <param name="length">The longest list wanted.</param>
/// <param name="options">Candidates, the order of ties, and what holds for items that a user had before.</param>
internal sealed class UserRanker(IScorer model, InteractionDataset train, int length, RankingOptions options)
{
    private readonly bool selects = options.Ties == TieOrder.AsSelected;
    private readonly ListMask mask = new(train, options.Repeats, options.Now);
    private readonly TopK best = new(length);
    private readonly int[] list = new int[length];
    private readonly float[] listScores = new float[length];
    private readonly int[] everything = [.. Enumerable.Range(0, options.Ties == TieOrder.AsSelected ? train.Items.Count : 0)];
    private readonly int[] order = new int[options.Ties == TieOrder.AsSelected ? train.Items.Count : 0];
    private readonly float[] scores = new float[options.Ties == TieOrder.AsSelected || options.Candidates is not null ? train.Items.Count : 0];
    private int ranked;

    /// <summary>Ranks for a user; see <see cref="Top"/>.</summary>
    public void Rank(int user)
    {
        var history = train.HistoryOf(user);
        mask.Set(user);
        if (selects)
            ScoreAll(history);
        else if (options.Candidates is { } candidates)
            RankSome(history, candidates.RowColumns(user));
        else
            model.Retrieve(history, mask.Blocked, best);
        if (!selects)
            ranked = best.Drain(list, listScores);
        mask.Clear(user);
    }

    /// <summary>Item indexes of the user ranked last, best first; fewer than <paramref name="k"/> when the model knows fewer. Valid until the next call.</summary>
    public ReadOnlySpan<int> Top(int k) => selects ? Select(k) : list.AsSpan(0, Math.Min(k, ranked));

    private void RankSome(in UserHistory history, ReadOnlySpan<int> candidates)
    {
        var asked = scores.AsSpan(0, candidates.Length);
        model.Score(history, candidates, asked);
        for (var position = 0; position < candidates.Length; position++)
        {
            if (!Bits.IsSet(mask.Blocked, candidates[position]))
                best.Offer(candidates[position], asked[position]);
        }
    }

    /// <summary>The keys of the selection: scores negated, infinity for what is not ranked.</summary>
    private void ScoreAll(in UserHistory history)
    {
        model.Score(history, everything, scores);
        for (var item = 0; item < scores.Length; item++)
            scores[item] = Bits.IsSet(mask.Blocked, item) || float.IsNaN(scores[item]) ? float.PositiveInfinity : -scores[item];
        if (options.Candidates is not { } candidates)
            return;
        var wanted = candidates.RowColumns(history.UserIndex);
        for (var item = 0; item < scores.Length; item++)
        {
            if (wanted.BinarySearch(item) < 0)
                scores[item] = float.PositiveInfinity;
        }
    }

    /// <summary>Every length is selected anew: which equal scores come to the front depends on it.</summary>
    private ReadOnlySpan<int> Select(int k)
    {
        everything.CopyTo(order, 0);
        if (k < order.Length)
            Quickselect.Select(scores, order, k);
        var kept = 0;
        foreach (var item in order.Take(k).OrderBy(item => scores[item]).Where(item => !float.IsPositiveInfinity(scores[item])))
            list[kept++] = item;
        return list.AsSpan(0, kept);
    }
}
