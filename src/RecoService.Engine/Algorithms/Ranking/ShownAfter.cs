using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>An item that a user was shown.</summary>
/// <param name="Item">Its index.</param>
/// <param name="IsTouched">Whether they touched it.</param>
/// <param name="Weight">How much that counts, above 0.</param>
internal readonly record struct ShownRow(int Item, bool IsTouched, float Weight);

/// <summary>What users with a history were shown after a part of the data was cut off, and what they touched of it.</summary>
internal sealed class ShownAfter
{
    private readonly InteractionDataset all;
    private readonly InteractionDataset train;
    private readonly FeedbackWeights weights;

    /// <param name="all">The whole, with its lists.</param>
    /// <param name="train">What was known.</param>
    /// <param name="use">Not <see cref="FeedbackUse.None"/>.</param>
    /// <param name="maxUsers">As many users, drawn by chance where there are more.</param>
    /// <param name="seed">Of the draw.</param>
    public ShownAfter(InteractionDataset all, InteractionDataset train, FeedbackUse use, int maxUsers, int seed)
    {
        (this.all, this.train) = (all, train);
        weights = new FeedbackWeights(use, all.Exposures);
        int[] shown = [.. Enumerable.Range(0, all.Users.Count).Where(user => train.UserCount(user) > 0 && ListsOf(user).Count > 0)];
        if (shown.Length > maxUsers)
        {
            new SeededRandom(seed, stream: 0).Shuffle(shown.AsSpan());
            shown = [.. shown.Take(maxUsers).Order()];
        }

        Users = shown;
    }

    /// <summary>Ascending.</summary>
    public int[] Users { get; }

    /// <summary>All that a user was shown.</summary>
    public HashSet<int> ItemsOf(int user)
    {
        var items = new HashSet<int>();
        foreach (var list in ListsOf(user))
        {
            foreach (var item in all.Exposures.ItemsOf(list))
                items.Add(item);
        }

        return items;
    }

    /// <summary>What a user was shown last, the newest list first and each from the top.</summary>
    public List<ShownRow> RowsOf(int user, int most)
    {
        var rows = new List<ShownRow>();
        foreach (var list in Enumerable.Reverse(ListsOf(user)))
        {
            var items = all.Exposures.ItemsOf(list);
            for (var place = 0; place < items.Length && rows.Count < most; place++)
            {
                if (items[place] < 0)
                    continue;
                var isTouched = all.Exposures.IsTouched(list, place);
                rows.Add(new ShownRow(items[place], isTouched, isTouched ? weights.OfTouch(place) : weights.OfPass(place)));
            }
        }

        return rows;
    }

    /// <summary>The lists that a user was shown, the oldest first.</summary>
    public List<int> ListsOf(int user)
    {
        var lists = all.Exposures.ListsOf(user);
        var known = train.Exposures.ListsOf(user);
        var first = lists.Start.Value + (known.End.Value - known.Start.Value);
        return [.. Enumerable.Range(first, lists.End.Value - first)];
    }
}
