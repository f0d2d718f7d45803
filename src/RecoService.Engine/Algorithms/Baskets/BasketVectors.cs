using System.Buffers;
using System.Numerics.Tensors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Baskets;

/// <summary>The vectors that a rule makes of all users' baskets, ready to be compared with one user and summed over some. Immutable.</summary>
internal sealed class BasketVectors
{
    private const int UsersPerBlock = 256;

    private readonly BasketRule rule;
    private readonly SparseMatrix vectors;
    private readonly SparseMatrix itemUsers;
    private readonly float[] squares;

    private BasketVectors(BasketRule rule, SparseMatrix vectors)
    {
        this.rule = rule;
        this.vectors = vectors;
        itemUsers = vectors.Transpose(rule.ComparesSets ? _ => 1 : null);
        squares = new float[vectors.RowCount];
        for (var user = 0; user < squares.Length; user++)
            squares[user] = rule.ComparesSets ? vectors.RowLength(user) : TensorPrimitives.SumOfSquares(vectors.RowValues(user));
    }

    public static BasketVectors Of(InteractionDataset histories, BasketRule rule, TrainingContext context)
    {
        var rows = new (int[] Columns, float[] Values)[histories.Users.Count];
        context.ForEachBlock((rows.Length + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            var end = Math.Min((block + 1) * UsersPerBlock, rows.Length);
            for (var user = block * UsersPerBlock; user < end; user++)
            {
                var history = histories.HistoryOf(user);
                var sums = new float[history.Items.Length];
                Fill(history, rule, sums);
                rows[user] = ([.. history.Items.ToArray().Where((_, position) => sums[position] > 0)], Array.FindAll(sums, sum => sum > 0));
            }
        });
        return new BasketVectors(rule, SparseMatrix.Join(histories.Items.Count, rows));
    }

    /// <summary>A user's vector, by their history.</summary>
    /// <param name="history">What they did.</param>
    /// <param name="rule">What makes the vector.</param>
    /// <param name="values">One per item of the history, at least 0.</param>
    public static void Fill(in UserHistory history, BasketRule rule, Span<float> values)
    {
        using var baskets = new BasketSequence(history, rule.Unit);
        var weights = ArrayPool<float>.Shared.Rent(baskets.Count);
        rule.Weigh(weights.AsSpan(0, baskets.Count));
        baskets.Sum(weights.AsSpan(0, baskets.Count), values);
        ArrayPool<float>.Shared.Return(weights);
    }

    /// <summary>Adds what the neighbours of a user say of each item; the user themselves is none.</summary>
    /// <param name="user">Who is served.</param>
    /// <param name="own">Their vector, one value per item of their history.</param>
    /// <param name="sums">|I|.</param>
    public void AddNeighbours(in UserHistory user, ReadOnlySpan<float> own, Span<float> sums)
    {
        var best = new TopK(Math.Min(rule.Neighbours, vectors.RowCount));
        FindNeighbours(user, own, best);
        var users = ArrayPool<int>.Shared.Rent(best.Capacity);
        var likeness = ArrayPool<float>.Shared.Rent(best.Capacity);
        var found = best.Drain(users, likeness);
        for (var position = 0; position < found; position++)
            vectors.AddRow(users[position], rule.ShareOf(likeness[position], found), sums);
        ArrayPool<int>.Shared.Return(users);
        ArrayPool<float>.Shared.Return(likeness);
    }

    private void FindNeighbours(in UserHistory user, ReadOnlySpan<float> own, TopK best)
    {
        var rented = ArrayPool<float>.Shared.Rent(vectors.RowCount);
        var dots = rented.AsSpan(0, vectors.RowCount);
        dots.Clear();
        var square = 0f;
        for (var position = 0; position < own.Length; position++)
        {
            if (!(own[position] > 0))
                continue;
            var value = rule.ComparesSets ? 1 : own[position];
            square += value * value;
            itemUsers.AddRow(user.Items[position], value, dots);
        }

        for (var other = 0; other < dots.Length && square > 0; other++)
        {
            if (other != user.UserIndex && squares[other] > 0 && (dots[other] > 0 || rule.TakesStrangers))
                best.Offer(other, rule.Likeness(dots[other], square, squares[other]));
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}
