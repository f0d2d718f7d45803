using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.BiasedMatrixFactorization;

/// <summary>
/// Ratings cut into a grid of user groups x item groups. The blocks of one stratum share no user and no item, so they are trained at once
/// without locks. Gemulla, Nijkamp, Haas, Sismanis, "Large-Scale Matrix Factorization with Distributed Stochastic Gradient Descent", KDD 2011.
/// Within a block the ratings stand user by user, so that memory is read in order; the strata come in random order ("partial random method":
/// Zhuang, Chin, Juan, Lin, "A Fast Parallel SGD for Matrix Factorization in Shared Memory Systems", RecSys 2013).
/// </summary>
internal sealed class RatingStrata
{
    private const int MaxGrid = 16;
    private const int RatingsPerBlock = 2_000;

    private readonly Entry[] entries;
    private readonly int[] blockStarts;

    public RatingStrata(SparseMatrix ratings)
    {
        // The grid depends on the data alone, so the thread count does not change the result.
        Grid = Math.Clamp((int)Math.Sqrt(ratings.NonZeroCount / RatingsPerBlock), 1, MaxGrid);
        Users = RowGroups.Balance(UserLengths(ratings), Grid);
        Items = RowGroups.Balance(ItemLengths(ratings), Grid);
        blockStarts = StartsOfBlocks(ratings);
        entries = Cut(ratings);
    }

    /// <summary>Blocks per stratum, and strata per epoch.</summary>
    public int Grid { get; }

    /// <summary>The places of the users, and their groups.</summary>
    public RowGroups Users { get; }

    /// <summary>The places of the items, and their groups.</summary>
    public RowGroups Items { get; }

    /// <summary>The ratings of user group <paramref name="block"/> in a stratum.</summary>
    public ReadOnlySpan<Entry> Block(int stratum, int block)
    {
        var index = (block * Grid) + ItemGroup(stratum, block);
        return entries.AsSpan(blockStarts[index]..blockStarts[index + 1]);
    }

    /// <summary>
    /// Runs <paramref name="train"/> once for every (stratum, block), stratum by stratum. A block begins as soon as the blocks of earlier strata
    /// with the same users or items have ended; no thread waits for a whole stratum, and the thread count does not change the result.
    /// </summary>
    /// <param name="order">Every stratum once.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <param name="train">Given the stratum and the block.</param>
    public void ForEachBlock(int[] order, TrainingContext context, Action<int, int> train)
    {
        var userTurns = new int[Grid];
        var itemTurns = new int[Grid];
        context.ForEachBlock(Grid * Grid, index =>
        {
            var (turn, block) = Math.DivRem(index, Grid);
            var itemGroup = ItemGroup(order[turn], block);
            WaitForTurn(ref userTurns[block], turn, context.CancellationToken);
            WaitForTurn(ref itemTurns[itemGroup], turn, context.CancellationToken);
            try
            {
                train(order[turn], block);
            }
            finally
            {
                // After a failure too, or who waits for this block would wait for ever.
                Volatile.Write(ref userTurns[block], turn + 1);
                Volatile.Write(ref itemTurns[itemGroup], turn + 1);
            }
        });
    }

    private static void WaitForTurn(ref int turns, int turn, CancellationToken cancellationToken)
    {
        var wait = default(SpinWait);
        while (Volatile.Read(ref turns) != turn)
        {
            cancellationToken.ThrowIfCancellationRequested();
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private int ItemGroup(int stratum, int block) => (block + stratum) % Grid;

    private int BlockOf(int user, int item) => (Users.GroupOf(user) * Grid) + Items.GroupOf(item);

    private static int[] UserLengths(SparseMatrix ratings)
    {
        var lengths = new int[ratings.RowCount];
        for (var user = 0; user < lengths.Length; user++)
            lengths[user] = ratings.RowLength(user);
        return lengths;
    }

    private static int[] ItemLengths(SparseMatrix ratings)
    {
        var lengths = new int[ratings.ColumnCount];
        for (var user = 0; user < ratings.RowCount; user++)
        {
            foreach (var item in ratings.RowColumns(user))
                lengths[item]++;
        }

        return lengths;
    }

    private int[] StartsOfBlocks(SparseMatrix ratings)
    {
        var starts = new int[(Grid * Grid) + 1];
        for (var user = 0; user < ratings.RowCount; user++)
        {
            foreach (var item in ratings.RowColumns(user))
                starts[BlockOf(user, item) + 1]++;
        }

        for (var block = 0; block < Grid * Grid; block++)
            starts[block + 1] += starts[block];
        return starts;
    }

    private Entry[] Cut(SparseMatrix ratings)
    {
        var cut = new Entry[ratings.NonZeroCount];
        var next = blockStarts.AsSpan(0, Grid * Grid).ToArray();
        for (var user = 0; user < ratings.RowCount; user++)
        {
            var items = ratings.RowColumns(user);
            var values = ratings.RowValues(user);
            for (var position = 0; position < items.Length; position++)
                cut[next[BlockOf(user, items[position])]++] = new Entry(Users.Places[user], Items.Places[items[position]], values[position]);
        }

        return cut;
    }

    /// <summary>One rating.</summary>
    /// <param name="User">The user's index.</param>
    /// <param name="Item">The item's place.</param>
    /// <param name="Value">The rating.</param>
    internal readonly record struct Entry(int User, int Item, float Value);
}
