using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>What a model should have put on its lists: the items of the holdout that a list may hold, which are those that are new to their users unless a rule says otherwise.</summary>
/// <param name="Relevant">|U| x |I|: positive weight in the holdout, and not kept from the user's list by what they did in the train part.</param>
/// <param name="StrangerCount">Users with a relevant item but without train history.</param>
public sealed record HoldoutItems(SparseMatrix Relevant, int StrangerCount)
{
    /// <summary>Only the relevant items that nobody has in the train part: what a model that learns from interactions alone can know nothing of.</summary>
    public SparseMatrix NewItems(InteractionDataset train) => Keep(Relevant, item => train.ItemUsers.RowLength(item) == 0);

    /// <param name="train">The train part.</param>
    /// <param name="holdout">The holdout of the same split, over the same key maps.</param>
    /// <param name="repeats">What holds for the items of the train part.</param>
    /// <param name="now">When lists are given, in Unix milliseconds; null: with the newest interaction of the train part. Only for <see cref="RepeatRule.AsServed"/>.</param>
    /// <exception cref="ArgumentException">The parts count different users or items.</exception>
    public static HoldoutItems From(InteractionDataset train, InteractionDataset holdout, RepeatRule repeats = RepeatRule.None, long? now = null)
    {
        if (train.Users.Count != holdout.Users.Count || train.Items.Count != holdout.Items.Count)
            throw new ArgumentException("Both parts must come from one split.", nameof(holdout));

        var starts = new long[train.Users.Count + 1];
        var columns = new List<int>();
        var values = new List<float>();
        var strangers = 0;
        var mask = new ListMask(train, repeats, now);
        for (var user = 0; user < train.Users.Count; user++)
        {
            mask.Set(user);
            var items = holdout.UserItems.RowColumns(user);
            var weights = holdout.UserItems.RowValues(user);
            for (var position = 0; position < items.Length; position++)
            {
                if (weights[position] > 0 && !Bits.IsSet(mask.Blocked, items[position]))
                {
                    columns.Add(items[position]);
                    values.Add(weights[position]);
                }
            }

            mask.Clear(user);
            starts[user + 1] = columns.Count;
            if (train.UserCount(user) == 0 && starts[user + 1] > starts[user])
                strangers++;
        }

        return new HoldoutItems(new SparseMatrix(train.Items.Count, starts, [.. columns], [.. values]), strangers);
    }

    private static SparseMatrix Keep(SparseMatrix matrix, Predicate<int> columnIsWanted)
    {
        var starts = new long[matrix.RowCount + 1];
        var columns = new List<int>();
        var values = new List<float>();
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var position = 0; position < matrix.RowLength(row); position++)
            {
                if (columnIsWanted(matrix.RowColumns(row)[position]))
                {
                    columns.Add(matrix.RowColumns(row)[position]);
                    values.Add(matrix.RowValues(row)[position]);
                }
            }

            starts[row + 1] = columns.Count;
        }

        return new SparseMatrix(matrix.ColumnCount, starts, [.. columns], [.. values]);
    }
}
