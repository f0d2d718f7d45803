using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// Collects what a ranker learns from. Of a user's candidates those that they took are taken, and some of the others, drawn by chance, left. Where the lists that were shown count, what
/// stood in one after the cut is taken or left by what the user did with it, and how much that counts depends on its position.
/// </summary>
/// <param name="options">How many candidates.</param>
/// <param name="part">What was known, and what users did next.</param>
/// <param name="first">The first stage, trained on what was known.</param>
/// <param name="seed">Of what is drawn.</param>
internal sealed class RankingListsBuilder(TwoStageOptions options, ValidationPart part, IScorer first, int seed)
{
    /// <summary>Of a user; older ones say little more.</summary>
    private const int MostShown = 200;

    private readonly UserItemFeatures features = UserItemFeatures.Of(part.Train);
    private readonly ListMask mask = part.NewMask();
    private readonly TopK best = new(Math.Min(options.Candidates, part.Train.Items.Count));
    private readonly List<int> starts = [0];
    private readonly List<int> users = [];
    private readonly List<int> items = [];
    private readonly List<bool> taken = [];
    private readonly List<float> weights = [];
    private readonly List<float> kept = [];
    private int[] proposed = [];
    private float[] scores = [];
    private float[] rows = [];

    /// <summary>The lists of the users of the part.</summary>
    public RankingLists OfInteractions(CancellationToken cancellationToken)
    {
        foreach (var user in part.Users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Retrieve(user) is { Length: > 0 } found)
                AddCandidates(user, found, shown: []);
            Close(user);
        }

        return Build() with { Weights = null };
    }

    /// <summary>The lists of the users of the part and of those who were shown something after it.</summary>
    /// <param name="shown">What they were shown.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public RankingLists OfShown(ShownAfter shown, CancellationToken cancellationToken)
    {
        foreach (var user in part.Users.Union(shown.Users).Order())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Retrieve(user) is { Length: > 0 } found)
            {
                AddCandidates(user, found, shown.ItemsOf(user));
                AddShown(user, found, shown.RowsOf(user, MostShown));
            }

            Close(user);
        }

        return Build();
    }

    /// <summary>The user's candidates, the best first.</summary>
    private Span<int> Retrieve(int user)
    {
        if (proposed.Length == 0)
            (proposed, scores, rows) = (new int[best.Capacity], new float[best.Capacity], new float[best.Capacity * UserItemFeatures.Count]);
        mask.Set(user);
        first.Retrieve(part.Train.HistoryOf(user), mask.Blocked, best);
        mask.Clear(user);
        return proposed.AsSpan(0, best.Drain(proposed, scores));
    }

    private void AddCandidates(int user, ReadOnlySpan<int> found, HashSet<int> shown)
    {
        var chosen = Choose(found, part.Relevant.RowColumns(user), shown, new SeededRandom(seed, user));
        if (chosen.Count == 0)
            return;
        var list = rows.AsSpan(0, found.Length * UserItemFeatures.Count);
        features.Fill(part.Train.HistoryOf(user), found, scores.AsSpan(0, found.Length), list);
        ListMoments.Of(list, stackalloc double[2 * UserItemFeatures.Count]).Standardise(list);
        foreach (var (position, isTaken) in chosen)
            Add(found[position], isTaken, 1, list.Slice(position * UserItemFeatures.Count, UserItemFeatures.Count));
    }

    /// <summary>As a served list has them: standardised within the list of candidates, which they need not be of.</summary>
    private void AddShown(int user, ReadOnlySpan<int> found, List<ShownRow> shown)
    {
        if (shown.Count == 0)
            return;
        var list = rows.AsSpan(0, found.Length * UserItemFeatures.Count);
        features.Fill(part.Train.HistoryOf(user), found, scores.AsSpan(0, found.Length), list);
        var moments = ListMoments.Of(list, stackalloc double[2 * UserItemFeatures.Count]);
        int[] shownItems = [.. shown.Select(row => row.Item)];
        var (shownScores, shownRows) = (new float[shownItems.Length], new float[shownItems.Length * UserItemFeatures.Count]);
        first.Score(part.Train.HistoryOf(user), shownItems, shownScores);
        features.Fill(part.Train.HistoryOf(user), shownItems, shownScores, shownRows);
        moments.Standardise(shownRows);
        for (var position = 0; position < shown.Count; position++)
        {
            if (!float.IsNaN(shownScores[position]))
                Add(shown[position].Item, shown[position].IsTouched, shown[position].Weight, shownRows.AsSpan(position * UserItemFeatures.Count, UserItemFeatures.Count));
        }
    }

    private void Add(int item, bool isTaken, float weight, ReadOnlySpan<float> row)
    {
        items.Add(item);
        taken.Add(isTaken);
        weights.Add(weight);
        kept.AddRange(row);
    }

    private void Close(int user)
    {
        if (items.Count == starts[^1])
            return;
        users.Add(user);
        starts.Add(items.Count);
    }

    private RankingLists Build() => new([.. starts], [.. users], [.. items], [.. taken], [.. kept]) { Weights = [.. weights] };

    /// <summary>The places of the candidates that were taken, and of some that were not; none where nothing was taken.</summary>
    private List<(int Place, bool IsTaken)> Choose(ReadOnlySpan<int> candidates, ReadOnlySpan<int> relevant, HashSet<int> shown, SeededRandom random)
    {
        var (chosen, left) = (new List<(int Place, bool IsTaken)>(), new List<int>());
        for (var position = 0; position < candidates.Length; position++)
        {
            if (shown.Contains(candidates[position]))
                continue;
            if (relevant.BinarySearch(candidates[position]) >= 0)
                chosen.Add((position, true));
            else
                left.Add(position);
        }

        var shuffled = left.ToArray();
        random.Shuffle(shuffled.AsSpan());
        chosen.AddRange(shuffled.Take(chosen.Count * options.NegativesPerPositive).Select(position => (position, false)));
        return chosen;
    }
}
