using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Feedback;

/// <summary>What the lists say of pairs of a user and an item, for trainers that learn from pairs.</summary>
/// <param name="TouchWeights">|U| x |I|: of the pairs that were touched in a list how much one touch counts, at least 1, in the mean of the pair's touches.</param>
/// <param name="Passed">|U| x |I|: how often the item was shown and not touched, or how often it was probably looked at, at most <see cref="MostShown"/>; of pairs that the user never touched in a list, and that are
/// not for them otherwise.</param>
internal sealed record ListFeedback(SparseMatrix TouchWeights, SparseMatrix Passed)
{
    /// <summary>What was passed over more often says no more.</summary>
    private const int MostShown = 10;

    /// <param name="dataset">The interactions, and the lists.</param>
    /// <param name="use">Not <see cref="FeedbackUse.None"/>.</param>
    public static ListFeedback Of(InteractionDataset dataset, FeedbackUse use)
    {
        var weights = new FeedbackWeights(use, dataset.Exposures);
        var (touchLengths, touchColumns, touchValues) = (new int[dataset.Users.Count], new List<int>(), new List<float>());
        var (passLengths, passColumns, passValues) = (new int[dataset.Users.Count], new List<int>(), new List<float>());
        var pairs = new SortedDictionary<int, (int Touches, float Weight, float Passed)>();
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            pairs.Clear();
            Collect(dataset.Exposures, user, weights, pairs);
            foreach (var (item, (touches, weight, passed)) in pairs)
            {
                if (touches > 0)
                {
                    touchLengths[user]++;
                    touchColumns.Add(item);
                    touchValues.Add(weight / touches);
                }
                else if (!IsFor(dataset.UserItems, user, item))
                {
                    passLengths[user]++;
                    passColumns.Add(item);
                    passValues.Add(Math.Min(passed, MostShown));
                }
            }
        }

        return new ListFeedback(
            SparseMatrix.FromRows(dataset.Items.Count, touchLengths, [.. touchColumns], [.. touchValues]),
            SparseMatrix.FromRows(dataset.Items.Count, passLengths, [.. passColumns], [.. passValues]));
    }

    /// <summary>How much a touch of the item counts for the user; 1 where no list had a part in it.</summary>
    public float TouchWeight(int user, int item) =>
        TouchWeights.RowColumns(user).BinarySearch(item) is >= 0 and var position ? TouchWeights.RowValues(user)[position] : 1;

    private static void Collect(Exposures exposures, int user, FeedbackWeights weights, SortedDictionary<int, (int Touches, float Weight, float Passed)> pairs)
    {
        var (first, end) = (exposures.ListsOf(user).Start.Value, exposures.ListsOf(user).End.Value);
        for (var list = first; list < end; list++)
        {
            var items = exposures.ItemsOf(list);
            for (var place = 0; place < items.Length; place++)
            {
                if (items[place] < 0)
                    continue;
                var pair = pairs.GetValueOrDefault(items[place]);
                pairs[items[place]] = exposures.IsTouched(list, place)
                    ? pair with { Touches = pair.Touches + 1, Weight = pair.Weight + weights.OfTouch(place) }
                    : pair with { Passed = pair.Passed + weights.OfPass(place) };
            }
        }
    }

    private static bool IsFor(SparseMatrix userItems, int user, int item) =>
        userItems.RowColumns(user).BinarySearch(item) is >= 0 and var position && userItems.RowValues(user)[position] > 0;
}
