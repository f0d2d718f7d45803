using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RecoService.Engine.Computing;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>
/// The loss of <see cref="SimpleXTrainer"/> over a batch of users, and its gradient with respect to the items. With s the sum of the vectors of a user's n items and
/// r_i = |s - q_i|, the cosine of item i with the rest is x_i = (s . q_i - 1) / r_i. Along the sphere, where what lies along q_i itself counts for nothing, the pairs of the user pull
/// item i by a_i s + sum over j of a_j q_j + (sum over j of x_j / r_j^2) s, where a_i = -1 / r_i - x_i / r_i^2. So a number per pair and two vectors per user say it all. The first pass goes through
/// the users and the second through the items, each of which one thread moves alone: the result does not depend on the thread count. Reused.
/// </summary>
/// <param name="userItems">|U| x |I|; the values do not matter.</param>
/// <param name="items">The vectors.</param>
/// <param name="drawn">The items that all users of a batch are kept away from.</param>
/// <param name="margin">The cosine up to which that costs nothing.</param>
/// <param name="negativeWeight">Weight of the mean over the drawn items, per item of the user.</param>
/// <param name="unseenWeight">What an item that a user does not have weighs at most, in expectation.</param>
internal sealed class SimpleXBatch(SparseMatrix userItems, ItemDirections items, DrawnItems drawn, float margin, float negativeWeight, float unseenWeight)
{
    private const int Width = TileKernel.Width;
    private const int BlocksPerThread = 4;
    private const int MinItemsPerBlock = 64;

    // Of items that cancel each other out the direction is anybody's guess, and must not pull without bounds.
    private const float LeastSquare = 1e-6f;

    private readonly int factors = items.Vectors.Factors;
    private readonly int[] firstPairs = Filled(userItems.ColumnCount);
    private readonly List<int> touched = [];
    private readonly ConcurrentBag<Workspace> idle = [];

    // By user of the batch: their index, where their pairs begin, s, what pulls each of their items alike, and how much a drawn item near them is pushed along s.
    private int[] users = [];
    private int[] starts = [];
    private float[] sums = [];
    private float[] pulls = [];
    private float[] pushes = [];

    // By pair: its user, the item's next pair or -1, and a_i.
    private int[] pairUsers = [];
    private int[] nextPairs = [];
    private float[] attractions = [];

    // 32 users x drawn items: a bit where the cosine exceeds the margin.
    private uint[] near = [];
    private int userCount;

    private int StripCount => (userCount + Width - 1) / Width;

    /// <summary>Items that the last batch has a gradient for.</summary>
    public ReadOnlySpan<int> Touched => CollectionsMarshal.AsSpan(touched);

    /// <summary>One step of gradient descent.</summary>
    /// <param name="batchUsers">Rows of the matrix, each with at least two items.</param>
    /// <param name="learningRate">As of <see cref="ItemDirections.Step"/>.</param>
    /// <param name="context">Threads and cancellation.</param>
    public void Step(ReadOnlySpan<int> batchUsers, float learningRate, TrainingContext context)
    {
        Look(batchUsers, context);
        var blocks = Math.Min(BlocksPerThread * context.Threads, (touched.Count + MinItemsPerBlock - 1) / MinItemsPerBlock);
        context.ForEachBlock(blocks, block =>
        {
            var workspace = Rent();
            foreach (var item in Touched[(int)((long)block * touched.Count / blocks)..(int)((block + 1L) * touched.Count / blocks)])
            {
                AddUp(item, workspace.Gradient);
                items.Step(item, workspace.Gradient, learningRate);
            }

            idle.Add(workspace);
        });
    }

    /// <summary>The first pass: what the users say of the items as they are now.</summary>
    public void Look(ReadOnlySpan<int> batchUsers, TrainingContext context)
    {
        Take(batchUsers);
        context.ForEachBlock(StripCount, strip =>
        {
            var workspace = Rent();
            Look(strip, workspace);
            idle.Add(workspace);
        });
    }

    /// <summary>The gradient of one item after <see cref="Look(ReadOnlySpan{int}, TrainingContext)"/>, but for what lies along its vector.</summary>
    /// <param name="item">Which.</param>
    /// <param name="gradient">f values; replaced.</param>
    public void AddUp(int item, Span<float> gradient)
    {
        gradient.Clear();
        for (var pair = firstPairs[item]; pair >= 0; pair = nextPairs[pair])
        {
            VectorMath.AddScaled(gradient, 1, RowOf(pulls, pairUsers[pair]));
            VectorMath.AddScaled(gradient, attractions[pair], RowOf(sums, pairUsers[pair]));
        }

        if (drawn.PositionOf(item) is not (>= 0 and var position))
            return;
        for (var strip = 0; strip < StripCount; strip++)
        {
            for (var mask = near[(strip * drawn.Count) + position]; mask != 0; mask &= mask - 1)
            {
                var user = (strip * Width) + BitOperations.TrailingZeroCount(mask);
                VectorMath.AddScaled(gradient, pushes[user], RowOf(sums, user));
            }
        }
    }

    private static int[] Filled(int count)
    {
        var filled = new int[count];
        filled.AsSpan().Fill(-1);
        return filled;
    }

    private Workspace Rent() => idle.TryTake(out var workspace) ? workspace : new Workspace(factors);

    private Span<float> RowOf(float[] rows, int user) => rows.AsSpan(user * factors, factors);

    /// <summary>Chains the pairs of the batch by item.</summary>
    private void Take(ReadOnlySpan<int> batchUsers)
    {
        foreach (var item in touched)
            firstPairs[item] = -1;
        touched.Clear();
        Reserve(batchUsers);
        var pair = 0;
        for (var user = 0; user < userCount; user++)
        {
            starts[user] = pair;
            foreach (var item in userItems.RowColumns(users[user]))
            {
                if (firstPairs[item] < 0)
                    touched.Add(item);
                pairUsers[pair] = user;
                nextPairs[pair] = firstPairs[item];
                firstPairs[item] = pair++;
            }
        }

        foreach (var item in drawn.Items)
        {
            if (firstPairs[item] < 0)
                touched.Add(item);
        }
    }

    private void Reserve(ReadOnlySpan<int> batchUsers)
    {
        userCount = batchUsers.Length;
        if (users.Length < userCount)
        {
            var room = 2 * userCount;
            (users, starts, pushes) = (new int[room], new int[room], new float[room]);
            (sums, pulls) = (new float[checked(room * factors)], new float[checked(room * factors)]);
        }

        batchUsers.CopyTo(users);
        var pairs = 0;
        foreach (var user in batchUsers)
            pairs += userItems.RowLength(user);
        if (pairUsers.Length < pairs)
            (pairUsers, nextPairs, attractions) = (new int[2 * pairs], new int[2 * pairs], new float[2 * pairs]);
        if (near.Length < StripCount * drawn.Count)
            near = new uint[2 * StripCount * drawn.Count];
    }

    private void Look(int strip, Workspace workspace)
    {
        var first = strip * Width;
        var count = Math.Min(Width, userCount - first);
        workspace.Directions.Span.Clear();
        for (var column = 0; column < count; column++)
            Attract(first + column, workspace.Directions.Span[column..]);
        var masks = near.AsSpan(strip * drawn.Count, drawn.Count);
        FindNear(workspace, count == Width ? uint.MaxValue : (1u << count) - 1, masks);
        for (var column = 0; column < count; column++)
        {
            foreach (var item in userItems.RowColumns(users[first + column]))
            {
                if (drawn.PositionOf(item) is >= 0 and var position)
                    masks[position] &= ~(1u << column);
            }
        }

        Repel(masks, first, count, workspace.Forces);
    }

    /// <summary>What the pairs of one user say, and the user's direction as a column of 32.</summary>
    private void Attract(int user, Span<float> direction)
    {
        var columns = userItems.RowColumns(users[user]);
        var sum = RowOf(sums, user);
        var pull = RowOf(pulls, user);
        sum.Clear();
        pull.Clear();
        foreach (var item in columns)
            VectorMath.AddScaled(sum, 1, items.Vectors[item]);
        var square = VectorMath.Dot(sum, sum);
        var alongSum = 0f;
        for (var position = 0; position < columns.Length; position++)
        {
            var vector = items.Vectors[columns[position]];
            var dot = VectorMath.Dot(sum, vector);
            var restSquare = Math.Max(LeastSquare, square - (2 * dot) + 1);
            var rest = MathF.Sqrt(restSquare);
            var along = (dot - 1) / (rest * restSquare);
            var attraction = -(1 / rest) - along;
            attractions[starts[user] + position] = attraction;
            alongSum += along;
            VectorMath.AddScaled(pull, attraction, vector);
        }

        VectorMath.AddScaled(pull, alongSum, sum);
        var scale = 1 / MathF.Sqrt(Math.Max(LeastSquare, square));
        pushes[user] = drawn.Count == 0 ? 0 : Math.Min(negativeWeight * columns.Length, unseenWeight * userItems.ColumnCount) / drawn.Count * scale;
        for (var factor = 0; factor < factors; factor++)
            direction[factor * Width] = sum[factor] * scale;
    }

    private void FindNear(Workspace workspace, uint users, Span<uint> masks)
    {
        var cosines = workspace.Cosines.Span;
        var bound = Vector256.Create(margin);
        for (var position = 0; position < masks.Length; position += TileKernel.Rows)
        {
            TileKernel.Multiply(drawn.PackedFrom(position), workspace.Directions.Span, factors, cosines, Width, subtract: false);
            for (var row = 0; row < Math.Min(TileKernel.Rows, masks.Length - position); row++)
            {
                var mask = 0u;
                for (var column = 0; column < Width; column += Vector256<float>.Count)
                    mask |= Vector256.GreaterThan(Vector256.Create<float>(cosines[((row * Width) + column)..]), bound).ExtractMostSignificantBits() << column;
                masks[position + row] = mask & users;
            }
        }
    }

    /// <summary>Adds to what pulls the items of each user that the drawn items near the user are to be farther away.</summary>
    private void Repel(ReadOnlySpan<uint> masks, int first, int count, float[] forces)
    {
        forces.AsSpan().Clear();
        for (var position = 0; position < masks.Length; position++)
        {
            for (var mask = masks[position]; mask != 0; mask &= mask - 1)
                VectorMath.AddScaled(RowOf(forces, BitOperations.TrailingZeroCount(mask)), 1, items.Vectors[drawn.Items[position]]);
        }

        for (var user = first; user < first + count; user++)
        {
            var force = RowOf(forces, user - first);
            var sum = RowOf(sums, user);
            VectorMath.AddScaled(force, -VectorMath.Dot(force, sum) / Math.Max(LeastSquare, VectorMath.Dot(sum, sum)), sum);
            VectorMath.AddScaled(RowOf(pulls, user), pushes[user], force);
        }
    }

    private sealed class Workspace(int factors)
    {
        /// <summary>f x 32.</summary>
        public AlignedFloats Directions { get; } = new(factors * Width);

        /// <summary>8 x 32.</summary>
        public AlignedFloats Cosines { get; } = new(TileKernel.Rows * Width);

        /// <summary>32 x f.</summary>
        public float[] Forces { get; } = new float[Width * factors];

        public float[] Gradient { get; } = new float[factors];
    }
}
