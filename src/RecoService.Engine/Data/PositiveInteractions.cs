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
    /// <param name="userDiscount">p: in a sum over all interactions, those of a user of n items count n^-p, times what makes the mean over all 1. 0 leaves the values alone.</param>
    public PositiveInteractions(SparseMatrix userItems, bool binary, float userDiscount = 0)
    {
        items = Used(userItems);
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

    private static int[] Used(SparseMatrix userItems)
    {
        var isUsed = new bool[userItems.ColumnCount];
        for (var user = 0; user < userItems.RowCount; user++)
        {
            var columns = userItems.RowColumns(user);
            var values = userItems.RowValues(user);
            for (var position = 0; position < columns.Length; position++)
                isUsed[columns[position]] |= values[position] > 0;
        }

        return [.. Enumerable.Range(0, isUsed.Length).Where(item => isUsed[item])];
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
            for (var position = 0; position < rowColumns.Length; position++)
            {
                if (!(rowValues[position] > 0) || columnOf[rowColumns[position]] < 0)
                    continue;
                columns[kept] = columnOf[rowColumns[position]];
                values[kept++] = binary ? 1 : rowValues[position];
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
