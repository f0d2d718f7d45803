using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Composition;

/// <summary>What composed models are to answer, said plainly: score everything with every part, blend or rank, sort.</summary>
internal static class PlainLists
{
    /// <summary>A hybrid's list, best first; so many items of it, or as many as it is long.</summary>
    public static (int Item, float Score)[] OfBlend(ComposedModel model, UserHistory user, ulong[] blocked, int length, int? take = null)
    {
        var weights = ((WeightedBlend)model.Ranker).Weights.ToArray();
        var history = user.Items.ToArray();
        var blended = new Dictionary<int, float>();
        var scaled = new List<Func<int, float>>();
        for (var part = 0; part < weights.Length; part++)
        {
            var scores = ScoresOf(model.Retrieving[part].Model, user);
            var isFull = model.Retrieving[part].Model is IFullScorer;
            // Own items that may come back do not count towards the depth.
            var unblocked = history.Count(item => !Bits.IsSet(blocked, item));
            var wanted = Math.Max(model.Depth, length);
            var best = Sorted(scores, blocked).Where(item => !isFull || scores[item] > 0).Take(isFull ? int.MaxValue : wanted + Math.Min(wanted, unblocked)).ToArray();
            var others = best.Except(history).DefaultIfEmpty(-1).ToArray() is [-1] ? best : [.. best.Except(history)];
            var (lowest, highest) = others.Length == 0 ? (0, 0) : (isFull ? 0 : Math.Min(0, scores[others.Take(model.Depth).Last()]), scores[others[0]]);
            foreach (var item in best)
                blended[item] = 0;
            scaled.Add(item => float.IsNaN(scores[item]) || (isFull && highest <= 0) ? 0
                : highest > lowest ? Math.Max(0, (scores[item] - lowest) / (highest - lowest)) : scores[item] >= lowest ? 1 : 0);
        }

        foreach (var item in blended.Keys)
            blended[item] = weights.Zip(scaled).Sum(part => part.First * part.Second(item));
        var list = blended.Select(entry => (entry.Key, entry.Value)).ToList();
        foreach (var (fallback, position) in model.Fallbacks.Select((fallback, position) => (fallback, position)))
        {
            var scores = ScoresOf(fallback.Model, user);
            list.AddRange(Sorted(scores, blocked).Where(item => list.TrueForAll(entry => entry.Key != item)).Select(item => (item, -position - 1 + 0.5f + (0.5f * scores[item] / (1 + Math.Abs(scores[item]))))).ToList());
        }

        return [.. list.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(take ?? length)];
    }

    /// <summary>A second stage's list, best first.</summary>
    public static (int Item, float Score)[] OfSecondStage(ComposedModel model, UserItemFeatures features, UserHistory user, ulong[] blocked, int length)
    {
        var first = ScoresOf(model.Retrieving[0].Model, user);
        var own = Sorted(first, BitsOf(user.Items.ToArray(), first.Length)).Take(model.Depth).ToArray();
        var candidates = Sorted(first, blocked).Take(Math.Max(model.Depth, length)).ToArray();
        if (own.Length == 0)
            return [.. candidates.Select(item => (item, first[item])).Take(length)];
        var ownRows = RowsOf(features, user, own, first);
        var rows = RowsOf(features, user, candidates, first);
        for (var feature = 0; feature < UserItemFeatures.Count; feature++)
        {
            var mean = ownRows.Average(row => (double)row[feature]);
            var deviation = Math.Sqrt(ownRows.Average(row => (row[feature] - mean) * (row[feature] - mean)));
            foreach (var row in rows)
                row[feature] = deviation > 1e-5 * Math.Abs(mean) ? (float)((row[feature] - mean) / deviation) : 0;
        }

        var scores = new float[candidates.Length];
        ((FeatureRanker)model.Ranker).Function.Score(new RankedList(user, candidates, [.. rows.SelectMany(row => row)]), scores);
        return [.. candidates.Zip(scores).OrderByDescending(entry => entry.Second).ThenBy(entry => entry.First).Take(length)];
    }

    public static float[] ScoresOf(IScorer model, UserHistory user)
    {
        var scores = new float[model.Items.Count];
        model.Score(user, [.. Enumerable.Range(0, scores.Length)], scores);
        return scores;
    }

    public static ulong[] BitsOf(int[] items, int itemCount)
    {
        var bits = new ulong[Bits.WordsFor(itemCount)];
        foreach (var item in items)
            Bits.Set(bits, item);
        return bits;
    }

    private static IEnumerable<int> Sorted(float[] scores, ulong[] blocked) => Enumerable.Range(0, scores.Length)
        .Where(item => !float.IsNaN(scores[item]) && !Bits.IsSet(blocked, item)).OrderByDescending(item => scores[item]).ThenBy(item => item);

    private static float[][] RowsOf(UserItemFeatures features, UserHistory user, int[] items, float[] first)
    {
        var rows = new float[items.Length][];
        for (var position = 0; position < items.Length; position++)
        {
            rows[position] = new float[UserItemFeatures.Count];
            features.Fill(user, [items[position]], [first[items[position]]], rows[position]);
        }

        return rows;
    }
}
