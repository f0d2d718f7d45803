using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Bpr;

/// <summary>What the lists that were shown change in training: how much each wanted item counts, 1 in the mean, and which unseen items are drawn.</summary>
internal sealed class BprFeedback
{
    private readonly ListFeedback feedback;
    private readonly float share;
    private readonly float mean;

    private BprFeedback(SparseMatrix userItems, ListFeedback feedback, float share)
    {
        (this.feedback, this.share) = (feedback, share);
        var (sum, count) = (0.0, 0L);
        for (var user = 0; user < userItems.RowCount; user++)
        {
            for (var position = 0; position < userItems.RowLength(user); position++)
            {
                if (userItems.RowValues(user)[position] <= 0)
                    continue;
                sum += feedback.TouchWeight(user, userItems.RowColumns(user)[position]);
                count++;
            }
        }

        mean = count == 0 ? 1 : (float)(sum / count);
    }

    /// <summary>|U| x |I|: above 0 where the item was shown and left.</summary>
    public SparseMatrix Passed => feedback.Passed;

    /// <summary>Null where nothing is learned from lists.</summary>
    public static BprFeedback? Of(InteractionDataset dataset, BprOptions options) => options.Feedback == FeedbackUse.None || dataset.Exposures.Count == 0
        ? null
        : new BprFeedback(dataset.UserItems, ListFeedback.Of(dataset, options.Feedback), options.ShownShare);

    /// <summary>By how much a step of a wanted item is longer.</summary>
    public float WeightOf(int user, int item) => feedback.TouchWeight(user, item) / mean;

    /// <summary>One of the items that a user was shown and left; none where another item is to be drawn, as often as the share says, and where a look at it was not probable.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="passed">Those of a group, ascending.</param>
    /// <param name="random">Draws.</param>
    /// <param name="item">What was drawn.</param>
    public bool TryDraw(int user, ReadOnlySpan<int> passed, ref SeededRandom random, out int item)
    {
        item = -1;
        if (passed.Length == 0 || random.NextDouble() >= share)
            return false;
        item = passed[random.Next(passed.Length)];
        return random.NextDouble() < feedback.Passed.RowValues(user)[feedback.Passed.RowColumns(user).BinarySearch(item)];
    }
}
