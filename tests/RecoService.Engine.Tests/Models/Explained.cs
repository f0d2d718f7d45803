using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Models;

/// <summary>A user told by their history alone, one of the items that a model finds for them, and what the model says for it.</summary>
internal sealed class Explained
{
    private readonly IExplainableScorer model;
    private readonly int[] items;
    private readonly float[] weights;
    private readonly long[] times;
    private readonly float[] ratings;

    private Explained(IExplainableScorer model, in UserHistory user, int candidate, int other)
    {
        this.model = model;
        (items, weights, times, ratings) = ([.. user.Items], [.. user.Weights], [.. user.Times], [.. user.Ratings]);
        (Candidate, Other) = (candidate, other);
        var rows = new float[2 * items.Length];
        Codes = new ReasonCode[2];
        model.Contributions(user, [candidate, other], rows, Codes);
        (Contributions, OthersContributions) = (rows[..items.Length], rows[items.Length..]);
        Largest = [.. Enumerable.Range(0, items.Length).Where(position => Contributions[position] > 0).OrderByDescending(position => Contributions[position]).Take(3)];
        Score = ScoreOf(candidate, []);
    }

    /// <summary>The best item that the history does not hold.</summary>
    public int Candidate { get; }

    /// <summary>Another one, or one of the history where there is none.</summary>
    public int Other { get; }

    public float[] Contributions { get; }

    public float[] OthersContributions { get; }

    public ReasonCode[] Codes { get; }

    /// <summary>Where the three largest contributions stand.</summary>
    public int[] Largest { get; }

    public float Score { get; }

    public int HistoryLength => items.Length;

    /// <summary>One for each user with a history of five items or more, for whom the model finds an item.</summary>
    public static List<Explained> All(IExplainableScorer model, InteractionDataset data)
    {
        var all = new List<Explained>();
        for (var user = 0; user < data.Users.Count; user++)
        {
            var known = data.HistoryOf(user);
            var history = new UserHistory(-1, known.Items, known.Weights, known.Times, known.Ratings);
            var blocked = new ulong[Bits.WordsFor(data.Items.Count)];
            foreach (var item in history.Items)
                Bits.Set(blocked, item);
            var (best, indexes, scores) = (new TopK(2), new int[2], new float[2]);
            model.Retrieve(history, blocked, best);
            var found = best.Drain(indexes, scores);
            if (history.Items.Length >= 5 && found > 0)
                all.Add(new Explained(model, history, indexes[0], found > 1 ? indexes[1] : history.Items[0]));
        }

        return all;
    }

    /// <summary>The score of an item without some entries of the history.</summary>
    /// <param name="item">The item.</param>
    /// <param name="without">Places in the history.</param>
    /// <param name="keepsPlaces">Whether the entries stay and weigh nothing.</param>
    public float ScoreOf(int item, int[] without, bool keepsPlaces = false)
    {
        var places = Enumerable.Range(0, items.Length).Where(position => keepsPlaces || !without.Contains(position)).ToArray();
        var history = new UserHistory(
            -1, [.. places.Select(position => items[position])], [.. places.Select(position => without.Contains(position) ? 0 : weights[position])],
            [.. places.Select(position => times[position])], [.. places.Select(position => ratings[position])]);
        var scores = new float[1];
        model.Score(history, [item], scores);
        return float.IsNaN(scores[0]) ? 0 : scores[0];
    }

    public bool IsOf(in UserHistory user) => user.Items.SequenceEqual(items);

    /// <summary>What the largest add, to the candidate or to another item.</summary>
    public float Taken(float[] contributions) => Largest.Sum(position => contributions[position]);
}
