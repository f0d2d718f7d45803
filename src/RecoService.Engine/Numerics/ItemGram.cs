using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Numerics;

/// <summary>
/// X^T X (|I| x |I|) of a sparse X (|U| x |I|): how often, or how strongly, two items meet in one history. Each row is summed over the users of
/// its item in their order, so the thread count does not change a bit of the result.
/// </summary>
internal static class ItemGram
{
    private const int RowsPerBlock = 64;

    /// <summary>As a dense matrix.</summary>
    /// <exception cref="TrainingException">It takes more memory than training may.</exception>
    public static SymmetricMatrix Dense(SparseMatrix userItems, SparseMatrix itemUsers, TrainingContext context)
    {
        context.Memory?.Claim(SymmetricMatrix.BytesFor(userItems.ColumnCount));
        var gram = new SymmetricMatrix(userItems.ColumnCount);
        context.ForEachBlock(gram.StripCount, strip =>
        {
            var end = Math.Min((strip + 1) * SymmetricMatrix.StripRows, gram.Order);
            for (var item = strip * SymmetricMatrix.StripRows; item < end; item++)
                AddLowerRow(gram.Row(item), userItems, itemUsers, item);
        });
        return gram;
    }

    /// <summary>As a sparse matrix with both sides of the diagonal.</summary>
    /// <exception cref="TrainingException">More pairs of items meet than one matrix can hold.</exception>
    public static SparseMatrix Sparse(SparseMatrix userItems, SparseMatrix itemUsers, TrainingContext context)
    {
        var count = userItems.ColumnCount;
        var rows = new (int[] Columns, float[] Values)[count];
        context.ForEachBlock((count + RowsPerBlock - 1) / RowsPerBlock, block =>
        {
            var sums = new float[count];
            var metBy = new int[count];
            Array.Fill(metBy, -1);
            for (var item = block * RowsPerBlock; item < Math.Min((block + 1) * RowsPerBlock, count); item++)
                rows[item] = SparseRow(userItems, itemUsers, item, sums, metBy);
        });
        return rows.Sum(row => (long)row.Columns.Length) <= Array.MaxLength
            ? SparseMatrix.Join(count, rows)
            : throw new TrainingException("More pairs of items meet in some history than a matrix can hold; lower MaxItems.");
    }

    private static void AddLowerRow(Span<float> row, SparseMatrix userItems, SparseMatrix itemUsers, int item)
    {
        var users = itemUsers.RowColumns(item);
        var scales = itemUsers.RowValues(item);
        for (var position = 0; position < users.Length; position++)
        {
            var columns = userItems.RowColumns(users[position]);
            var values = userItems.RowValues(users[position]);
            var scale = scales[position];
            for (var entry = 0; entry < columns.Length; entry++)
            {
                var column = columns[entry];
                if (column >= row.Length)
                    break;
                row[column] += scale * values[entry];
            }
        }
    }

    /// <param name="userItems">X.</param>
    /// <param name="itemUsers">X transposed.</param>
    /// <param name="item">The row.</param>
    /// <param name="sums">Scratch, |I|.</param>
    /// <param name="metBy">Scratch, |I|: the last item whose row had this column.</param>
    private static (int[] Columns, float[] Values) SparseRow(SparseMatrix userItems, SparseMatrix itemUsers, int item, float[] sums, int[] metBy)
    {
        var met = new List<int>();
        var users = itemUsers.RowColumns(item);
        var scales = itemUsers.RowValues(item);
        for (var position = 0; position < users.Length; position++)
        {
            var columns = userItems.RowColumns(users[position]);
            var values = userItems.RowValues(users[position]);
            for (var entry = 0; entry < columns.Length; entry++)
            {
                var column = columns[entry];
                if (metBy[column] != item)
                {
                    metBy[column] = item;
                    sums[column] = 0;
                    met.Add(column);
                }

                sums[column] += scales[position] * values[entry];
            }
        }

        met.Sort();
        int[] rowColumns = [.. met];
        return (rowColumns, Array.ConvertAll(rowColumns, column => sums[column]));
    }
}
