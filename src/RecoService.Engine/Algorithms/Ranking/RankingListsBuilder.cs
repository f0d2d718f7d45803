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

    private readonly CandidateFeatures candidates = new(options.Candidates, part, first);
    private readonly List<int> starts = [0];
    private readonly List<int> users = [];
    private readonly List<int> items = [];
    private readonly List<bool> taken = [];
    private readonly List<float> weights = [];
    private readonly List<float> kept = [];

    /// <summary>The lists of the users of the part.</summary>
    public RankingLists OfInteractions(CancellationToken cancellationToken)
    {
        foreach (var user in part.Users)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (candidates.Read(user))
                AddCandidates(user, shown: []);
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
            if (candidates.Read(user))
            {
                AddCandidates(user, shown.ItemsOf(user));
                AddShown(shown.RowsOf(user, MostShown));
            }

            Close(user);
        }

        return Build();
    }

    private void AddCandidates(int user, HashSet<int> shown)
    {
        foreach (var (position, isTaken) in Choose(part.Relevant.RowColumns(user), shown, new SeededRandom(seed, user)))
            Add(candidates.Items[position], isTaken, 1, candidates.Rows.Slice(position * UserItemFeatures.Count, UserItemFeatures.Count));
    }

    private void AddShown(List<ShownRow> shown)
    {
        if (shown.Count == 0)
            return;
        var rows = new float[shown.Count * UserItemFeatures.Count];
        var isKnown = candidates.FillOthers([.. shown.Select(row => row.Item)], rows);
        for (var position = 0; position < shown.Count; position++)
        {
            if (isKnown[position])
                Add(shown[position].Item, shown[position].IsTouched, shown[position].Weight, rows.AsSpan(position * UserItemFeatures.Count, UserItemFeatures.Count));
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
    private List<(int Place, bool IsTaken)> Choose(ReadOnlySpan<int> relevant, HashSet<int> shown, SeededRandom random)
    {
        var (chosen, left) = (new List<(int Place, bool IsTaken)>(), new List<int>());
        for (var position = 0; position < candidates.Items.Length; position++)
        {
            if (shown.Contains(candidates.Items[position]))
                continue;
            if (relevant.BinarySearch(candidates.Items[position]) >= 0)
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
