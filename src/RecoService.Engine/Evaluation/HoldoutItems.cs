using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation;

/// <summary>What a model should have put on its lists: the items of the holdout that are new to their users.</summary>
/// <param name="Relevant">|U| x |I|: positive weight in the holdout, no interaction in the train part.</param>
/// <param name="StrangerCount">Users with a relevant item but without train history.</param>
public sealed record HoldoutItems(SparseMatrix Relevant, int StrangerCount)
{
    /// <param name="train">The train part.</param>
    /// <param name="holdout">The holdout of the same split, over the same key maps.</param>
    /// <exception cref="ArgumentException">The parts count different users or items.</exception>
    public static HoldoutItems From(InteractionDataset train, InteractionDataset holdout)
    {
        if (train.Users.Count != holdout.Users.Count || train.Items.Count != holdout.Items.Count)
            throw new ArgumentException("Both parts must come from one split.", nameof(holdout));

        var starts = new long[train.Users.Count + 1];
        var columns = new List<int>();
        var values = new List<float>();
        var strangers = 0;
        for (var user = 0; user < train.Users.Count; user++)
        {
            var known = train.UserItems.RowColumns(user);
            var items = holdout.UserItems.RowColumns(user);
            var weights = holdout.UserItems.RowValues(user);
            for (var place = 0; place < items.Length; place++)
            {
                if (weights[place] > 0 && known.BinarySearch(items[place]) < 0)
                {
                    columns.Add(items[place]);
                    values.Add(weights[place]);
                }
            }

            starts[user + 1] = columns.Count;
            if (train.UserCount(user) == 0 && starts[user + 1] > starts[user])
                strangers++;
        }

        return new HoldoutItems(new SparseMatrix(train.Items.Count, starts, [.. columns], [.. values]), strangers);
    }
}
