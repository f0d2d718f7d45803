using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ItemWeights;

/// <summary>
/// The equations of one item's regression on the items most like it: G over those inputs, and their column of R. Likeness is R[i, j] / |x_i|, which orders the inputs
/// of one item as the cosine does where R is X^T X. The matrix of all pairs is never made. Reusable, not thread-safe.
/// </summary>
/// <typeparam name="TProducts">What two entries of one row of X add to G and R.</typeparam>
/// <typeparam name="TInput">What of an entry makes its products.</typeparam>
internal sealed class RestrictedEquations<TProducts, TInput>
    where TProducts : struct, IEntryProducts<TInput>
    where TInput : struct
{
    private readonly SparseMatrix userItems;
    private readonly SparseMatrix itemUsers;
    private readonly RestrictedInputs shared;
    private readonly TProducts products;
    private readonly float leastProduct;
    private readonly bool includesTarget;
    private readonly TopK best;
    private readonly int[] bestItems;
    private readonly float[] bestScores;
    private readonly float[] matrix;
    private readonly float[] rightHandSide;

    private readonly List<int> met = [];
    private readonly float[] sums;
    private readonly int[] metIn;

    // The entries of the inputs by user. Users are numbered as they are met: above the number stands the generation that it is of.
    private readonly long[] numberOfUser;
    private readonly int[] ends;
    private int[] positions = [];
    private TInput[] inputs = [];
    private int userCount;
    private int generation;

    /// <param name="interactions">X.</param>
    /// <param name="shared">Of the same X.</param>
    /// <param name="products">What makes G and R.</param>
    /// <param name="neighbours">n: how many inputs at most, at least 1.</param>
    /// <param name="leastProduct">Only items whose entry of R is above this are inputs, at least 0.</param>
    /// <param name="includesTarget">Whether the item is an input beside them.</param>
    public RestrictedEquations(PositiveInteractions interactions, RestrictedInputs shared, TProducts products, int neighbours, float leastProduct = 0, bool includesTarget = false)
    {
        userItems = interactions.UserItems;
        itemUsers = interactions.ItemUsers;
        this.shared = shared;
        this.products = products;
        this.leastProduct = leastProduct;
        this.includesTarget = includesTarget;
        var most = Math.Min(neighbours, itemUsers.RowCount);
        var order = most + (includesTarget ? 1 : 0);
        best = new TopK(most);
        bestItems = new int[order];
        bestScores = new float[order];
        matrix = new float[order * order];
        rightHandSide = new float[order];
        sums = new float[itemUsers.RowCount];
        metIn = new int[itemUsers.RowCount];
        numberOfUser = new long[userItems.RowCount];
        ends = new int[userItems.RowCount];
    }

    /// <summary>How many inputs the item has.</summary>
    public int Order { get; private set; }

    /// <summary>Rows of X transposed, ascending; valid, as the other two, until the next <see cref="Build"/>.</summary>
    public ReadOnlySpan<int> Inputs => bestItems.AsSpan(0, Order);

    /// <summary><see cref="Order"/> x <see cref="Order"/>, row-major, the upper triangle; whoever solves may overwrite it.</summary>
    public Span<float> Matrix => matrix.AsSpan(0, Order * Order);

    /// <summary>One per input; whoever solves may overwrite it.</summary>
    public Span<float> RightHandSide => rightHandSide.AsSpan(0, Order);

    /// <summary>Bytes that the workspace of one thread takes, but for the entries by user: they are never more than X.</summary>
    public static long BytesFor(PositiveInteractions interactions, int neighbours) =>
        sizeof(float) * (((long)neighbours * neighbours) + (2L * interactions.UserItems.ColumnCount) + (3L * interactions.UserItems.RowCount));

    /// <summary>Makes the equations of an item.</summary>
    public void Build(int target)
    {
        generation++;
        SumTargets(target);
        Select(target);
        SumInputs();
    }

    private void SumTargets(int target)
    {
        met.Clear();
        var users = itemUsers.RowColumns(target);
        var ownEntries = shared.EntriesOf(target);
        for (var position = 0; position < users.Length; position++)
        {
            var columns = userItems.RowColumns(users[position]);
            var first = (int)userItems.RowStart(users[position]);
            for (var offset = 0; offset < columns.Length; offset++)
            {
                var column = columns[offset];
                if (metIn[column] != generation)
                {
                    metIn[column] = generation;
                    sums[column] = 0;
                    met.Add(column);
                }

                sums[column] += products.OfTarget(first + offset, ownEntries[position]);
            }
        }
    }

    private void Select(int target)
    {
        foreach (var item in met)
        {
            if (item != target && sums[item] > leastProduct)
                best.Offer(item, sums[item] * shared.InverseNorms[item]);
        }

        Order = best.Drain(bestItems, bestScores);
        if (includesTarget)
            bestItems[Order++] = target;
        bestItems.AsSpan(0, Order).Sort();
        for (var position = 0; position < Order; position++)
            rightHandSide[position] = sums[bestItems[position]];
    }

    private void SumInputs()
    {
        OrderByUser();
        Matrix.Clear();
        var start = 0;
        foreach (var end in ends.AsSpan(0, userCount))
        {
            var ownPositions = positions.AsSpan(start, end - start);
            var ownInputs = inputs.AsSpan(start, end - start);
            for (var first = 0; first < ownInputs.Length; first++)
            {
                var input = ownInputs[first];
                var row = matrix.AsSpan(ownPositions[first] * Order, Order);
                for (var second = first; second < ownInputs.Length; second++)
                    row[ownPositions[second]] += products.OfInputs(input, ownInputs[second]);
            }

            start = end;
        }
    }

    /// <summary>One user after the other, of each the inputs in ascending order.</summary>
    private void OrderByUser()
    {
        // Counts, from which starts become, which filling moves to the ends.
        userCount = 0;
        var ofThis = (long)generation << 32;
        for (var position = 0; position < Order; position++)
        {
            foreach (var user in itemUsers.RowColumns(bestItems[position]))
            {
                ref var number = ref numberOfUser[user];
                if (number < ofThis)
                {
                    number = ofThis | (uint)userCount;
                    ends[userCount++] = 0;
                }

                ends[(int)number]++;
            }
        }

        var count = 0;
        foreach (ref var end in ends.AsSpan(0, userCount))
            (end, count) = (count, count + end);
        Reserve(count);
        for (var position = 0; position < Order; position++)
        {
            var users = itemUsers.RowColumns(bestItems[position]);
            var itemEntries = shared.EntriesOf(bestItems[position]);
            for (var index = 0; index < users.Length; index++)
            {
                var place = ends[(int)numberOfUser[users[index]]]++;
                (positions[place], inputs[place]) = (position, products.InputOf(itemEntries[index]));
            }
        }
    }

    private void Reserve(int count)
    {
        if (count <= inputs.Length)
            return;
        var length = Math.Max(count, 2 * inputs.Length);
        positions = new int[length];
        inputs = new TInput[length];
    }
}

/// <summary>What the equations of all items share.</summary>
internal sealed class RestrictedInputs
{
    private readonly SparseMatrix itemUsers;
    private readonly int[] entries;

    public RestrictedInputs(PositiveInteractions interactions)
    {
        itemUsers = interactions.ItemUsers;
        entries = interactions.UserItems.EntriesByColumn();
        InverseNorms = new float[itemUsers.RowCount];
        for (var item = 0; item < InverseNorms.Length; item++)
            InverseNorms[item] = 1 / VectorMath.Norm(itemUsers.RowValues(item));
    }

    /// <summary>1 / |x_i| of every column of X.</summary>
    public float[] InverseNorms { get; }

    /// <summary>The entries of X in a column, one per user, ascending.</summary>
    public ReadOnlySpan<int> EntriesOf(int item) => entries.AsSpan((int)itemUsers.RowStart(item), itemUsers.RowLength(item));
}
