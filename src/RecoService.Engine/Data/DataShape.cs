namespace RecoService.Engine.Data;

/// <summary>How large a dataset is, as far as the cost of training on it depends on it. Only users and items with interactions count.</summary>
/// <param name="Users">Users.</param>
/// <param name="Items">Items.</param>
/// <param name="Pairs">Pairs of a user and an item of theirs.</param>
/// <param name="PairsByUser">Sum over the users of the square of how many items they have.</param>
/// <param name="PairsByItem">Sum over the items of the square of how many users they have.</param>
public sealed record DataShape(double Users, double Items, double Pairs, double PairsByUser, double PairsByItem)
{
    /// <summary>The shape of a dataset.</summary>
    public static DataShape Of(InteractionDataset dataset)
    {
        var (users, byUser) = Count(dataset.UserItems);
        var (items, byItem) = Count(dataset.ItemUsers);
        return new DataShape(users, items, dataset.UserItems.NonZeroCount, byUser, byItem);
    }

    /// <summary>The shape of data in which everybody has as many items, and every item as many users.</summary>
    public static DataShape Even(double users, double items, double pairs) => new(users, items, pairs, pairs * pairs / users, pairs * pairs / items);

    /// <summary>About the shape of a part of the users, drawn by chance.</summary>
    /// <param name="part">Above 0 to 1.</param>
    public DataShape OfUsers(double part) => part == 1 ? this : new(Users * part, Items, Pairs * part, PairsByUser * part, PairsByItem * part * part);

    /// <summary>How unlike two datasets are: the distance of how many items a user has and how many users an item has, in natural logarithms; 0 for alike ones.</summary>
    public double DistanceTo(DataShape other) => Math.Sqrt(
        Square(Math.Log(Ratio(Pairs, Users) / Ratio(other.Pairs, other.Users))) + Square(Math.Log(Ratio(Pairs, Items) / Ratio(other.Pairs, other.Items))));

    private static double Ratio(double pairs, double count) => Math.Max(1, pairs) / Math.Max(1, count);

    private static double Square(double value) => value * value;

    private static (int Rows, double Squares) Count(Numerics.SparseMatrix matrix)
    {
        var (rows, squares) = (0, 0.0);
        for (var row = 0; row < matrix.RowCount; row++)
        {
            var length = (double)matrix.RowLength(row);
            rows += length > 0 ? 1 : 0;
            squares += length * length;
        }

        return (rows, squares);
    }
}
