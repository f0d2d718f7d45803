using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.MlNet;

/// <summary>The cells ML.NET learns from, in parallel arrays, and which users and items occur in them.</summary>
/// <param name="Users">User index of each row.</param>
/// <param name="Items">Item index of each row.</param>
/// <param name="Labels">The rating under the squared loss, 1 under one-class.</param>
/// <param name="UserIsSeen">|U|: the user has a row.</param>
/// <param name="ItemIsSeen">|I|: the item has a row.</param>
internal sealed record TrainingRows(uint[] Users, uint[] Items, float[] Labels, bool[] UserIsSeen, bool[] ItemIsSeen)
{
    public int Count => Users.Length;

    /// <summary>The ratings, for the squared loss.</summary>
    /// <exception cref="TrainingException">There are no ratings, or all are the same: ML.NET would give NaN for every score without a word.</exception>
    public static TrainingRows OfRatings(InteractionDataset dataset)
    {
        var rows = Collect(dataset.Ratings, isWanted: _ => true, labelOf: rating => rating);
        if (rows.Count == 0)
            throw new TrainingException("The loss 'squared' learns from ratings and there are none; use the loss 'one-class' for other interactions.");
        if (rows.Labels.AsSpan().IndexOfAnyExcept(rows.Labels[0]) < 0)
            throw new TrainingException($"The loss 'squared' cannot learn from ratings that are all {rows.Labels[0]}; use the loss 'one-class'.");
        return rows;
    }

    /// <summary>The pairs of positive weight, for the one-class loss: it ignores labels, so a row against an item would count for it.</summary>
    /// <exception cref="TrainingException">No pair has a positive weight.</exception>
    public static TrainingRows OfPositives(InteractionDataset dataset)
    {
        var rows = Collect(dataset.UserItems, isWanted: weight => weight > 0, labelOf: _ => 1);
        if (rows.Count == 0)
            throw new TrainingException("The loss 'one-class' learns from pairs of positive weight and there are none; check the weights of the interaction kinds.");
        return rows;
    }

    private static TrainingRows Collect(SparseMatrix cells, Func<float, bool> isWanted, Func<float, float> labelOf)
    {
        var users = new List<uint>(cells.NonZeroCount);
        var items = new List<uint>(cells.NonZeroCount);
        var labels = new List<float>(cells.NonZeroCount);
        var userIsSeen = new bool[cells.RowCount];
        var itemIsSeen = new bool[cells.ColumnCount];
        for (var user = 0; user < cells.RowCount; user++)
        {
            var columns = cells.RowColumns(user);
            var values = cells.RowValues(user);
            for (var place = 0; place < columns.Length; place++)
            {
                if (!isWanted(values[place]))
                    continue;
                users.Add((uint)user);
                items.Add((uint)columns[place]);
                labels.Add(labelOf(values[place]));
                userIsSeen[user] = true;
                itemIsSeen[columns[place]] = true;
            }
        }

        return new TrainingRows([.. users], [.. items], [.. labels], userIsSeen, itemIsSeen);
    }
}
