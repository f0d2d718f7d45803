using System.Numerics.Tensors;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Data;

/// <summary>
/// X of the models that know only "for": the positive entries of <see cref="InteractionDataset.UserItems"/>, over the items that have one.
/// A pair whose summed weight is negative counts like one that was never seen.
/// </summary>
internal sealed class PositiveInteractions
{
    private readonly int[] items;

    /// <param name="userItems">|U| x |I| weights.</param>
    /// <param name="binary">True makes every entry 1.</param>
    /// <param name="maxItems">Only so many items are kept, those with the most users (of equals the first).</param>
    /// <param name="userDiscount">p: in a sum over all interactions, those of a user of n items count n^-p, times what makes the mean over all 1. 0 leaves the values alone.</param>
    public PositiveInteractions(SparseMatrix userItems, bool binary, int maxItems = int.MaxValue, float userDiscount = 0)
    {
        items = MostUsed(userItems, maxItems);
        UserItems = Select(userItems, items, binary);
        if (userDiscount != 0)
            UserItems = Discounted(UserItems, userDiscount);
        ItemUsers = UserItems.Transpose();
    }

    /// <summary>|U| x <see cref="ItemIndexes"/>, values above 0.</summary>
    public SparseMatrix UserItems { get; }

    /// <summary><see cref="UserItems"/> transposed.</summary>
    public SparseMatrix ItemUsers { get; }

    /// <summary>The item index in the dataset of each column, ascending.</summary>
    public ReadOnlySpan<int> ItemIndexes => items;

    private static int[] MostUsed(SparseMatrix userItems, int maxItems)
    {
        var users = new int[userItems.ColumnCount];
        for (var user = 0; user < userItems.RowCount; user++)
        {
            var columns = userItems.RowColumns(user);
            var values = userItems.RowValues(user);
            for (var place = 0; place < columns.Length; place++)
            {
                if (values[place] > 0)
                    users[columns[place]]++;
            }
        }

        int[] used = [.. Enumerable.Range(0, users.Length).Where(item => users[item] > 0)];
        return used.Length <= maxItems ? used : [.. used.OrderByDescending(item => users[item]).Take(maxItems).Order()];
    }

    private static SparseMatrix Select(SparseMatrix userItems, int[] items, bool binary)
    {
        var columnOf = new int[userItems.ColumnCount];
        Array.Fill(columnOf, -1);
        for (var column = 0; column < items.Length; column++)
            columnOf[items[column]] = column;

        var starts = new long[userItems.RowCount + 1];
        var columns = new int[userItems.NonZeroCount];
        var values = new float[userItems.NonZeroCount];
        var kept = 0;
        for (var user = 0; user < userItems.RowCount; user++)
        {
            var rowColumns = userItems.RowColumns(user);
            var rowValues = userItems.RowValues(user);
            for (var place = 0; place < rowColumns.Length; place++)
            {
                if (!(rowValues[place] > 0) || columnOf[rowColumns[place]] < 0)
                    continue;
                columns[kept] = columnOf[rowColumns[place]];
                values[kept++] = binary ? 1 : rowValues[place];
            }

            starts[user + 1] = kept;
        }

        return new SparseMatrix(items.Length, starts, columns[..kept], values[..kept]);
    }

    /// <summary>Squares and products of one user's entries carry their say, so each entry carries its root.</summary>
    private static SparseMatrix Discounted(SparseMatrix userItems, float power)
    {
        var says = new double[userItems.RowCount];
        var sum = 0.0;
        for (var user = 0; user < says.Length; user++)
        {
            says[user] = Math.Pow(Math.Max(1, userItems.RowLength(user)), -power);
            sum += says[user] * userItems.RowLength(user);
        }

        return userItems.WithValues(values =>
        {
            var discounted = values.ToArray();
            for (var user = 0; user < says.Length; user++)
            {
                var row = discounted.AsSpan((int)userItems.RowStart(user), userItems.RowLength(user));
                TensorPrimitives.Multiply(row, (float)Math.Sqrt(says[user] * values.Length / sum), row);
            }

            return discounted;
        });
    }
}
