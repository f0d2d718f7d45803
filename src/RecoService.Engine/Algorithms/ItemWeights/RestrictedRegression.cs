using System.Collections.Concurrent;
using System.Globalization;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.ItemWeights;

/// <summary>
/// The weights of a catalogue too large for a dense matrix: each item is regressed on the items most like it alone, which costs some n^2 operations a step of the conjugate gradient and n^2
/// floats a thread. After Ning, Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011, section 4.2 (fsSLIM: nearest neighbours select the
/// inputs). The result does not depend on the thread count.
/// </summary>
internal static class RestrictedRegression
{
    private const int ItemsPerBlock = 16;
    private const int Steps = 20;

    /// <summary>Of the residual. The order of the weights, and what of them is kept, stands long before.</summary>
    private const double Tolerance = 1e-4;

    /// <summary>Beyond as many steps the direct solution is as fast: n / 6.</summary>
    private const int OrderPerStep = 6;

    /// <summary>By ridge regression: b = (G + lambda I)^-1 R over the inputs.</summary>
    /// <param name="interactions">X.</param>
    /// <param name="products">What makes G and R.</param>
    /// <param name="regularization">lambda.</param>
    /// <param name="restriction">How many inputs, and what is kept.</param>
    /// <param name="itemCount">|I|, those without interactions too.</param>
    /// <param name="context">Threads, cancellation, memory.</param>
    /// <param name="includesTarget">Whether an item is an input of its own regression; what leads from it to itself is not kept.</param>
    /// <returns>|I| x |I|: row i holds what item i adds to each item's score.</returns>
    /// <exception cref="TrainingException">Some equations cannot be solved in single precision, or memory is short.</exception>
    public static SparseMatrix Ridge<TProducts, TInput>(
        PositiveInteractions interactions, TProducts products, float regularization, Restriction restriction, int itemCount, TrainingContext context, bool includesTarget = false)
        where TProducts : struct, IEntryProducts<TInput>
        where TInput : struct
    {
        var shared = new RestrictedInputs(interactions);
        context.Memory?.Claim(context.Threads * RestrictedEquations<TProducts, TInput>.BytesFor(interactions, restriction.Neighbours));
        return OfEveryItem(
            interactions, restriction, itemCount, context,
            () => (
                Equations: new RestrictedEquations<TProducts, TInput>(interactions, shared, products, restriction.Neighbours, includesTarget: includesTarget),
                Solver: new ConjugateGradient(restriction.Neighbours + 1),
                Largest: restriction.NewLargest()),
            (workspace, item) =>
            {
                var equations = workspace.Equations;
                equations.Build(item);
                var weights = equations.RightHandSide;
                for (var diagonal = 0; diagonal < equations.Matrix.Length; diagonal += equations.Order + 1)
                    equations.Matrix[diagonal] += regularization;
                if (!workspace.Solver.TrySolve(equations.Matrix, equations.Order, weights, Tolerance, equations.Order / OrderPerStep)
                    && !CholeskySolver.TrySolve(equations.Matrix, equations.Order, weights))
                {
                    throw new TrainingException("The regression of an item cannot be solved in single precision: raise Regularization.");
                }

                if (includesTarget)
                    weights[equations.Inputs.BinarySearch(item)] = 0;
                return workspace.Largest.Of(weights, equations.Inputs);
            });
    }

    /// <summary>By whatever solves one item.</summary>
    /// <param name="interactions">X.</param>
    /// <param name="restriction">For what is said of it.</param>
    /// <param name="itemCount">|I|, those without interactions too.</param>
    /// <param name="context">Threads, cancellation, memory.</param>
    /// <param name="create">Makes a workspace; no more are made than there are threads.</param>
    /// <param name="solve">The columns of X that lead to one, ascending, and their finite weights.</param>
    /// <returns>As <see cref="Ridge"/>.</returns>
    public static SparseMatrix OfEveryItem<TWorkspace>(
        PositiveInteractions interactions, Restriction restriction, int itemCount, TrainingContext context, Func<TWorkspace> create, Func<TWorkspace, int, (int[] Columns, float[] Weights)> solve)
    {
        var itemIndexes = interactions.ItemIndexes.ToArray();
        var columns = new (int[] Items, float[] Weights)[itemCount];
        Array.Fill(columns, ([], []));
        var idle = new ConcurrentBag<TWorkspace>();
        var blocks = (itemIndexes.Length + ItemsPerBlock - 1) / ItemsPerBlock;
        var blocksPerStep = Math.Max(1, (blocks + Steps - 1) / Steps);
        for (var firstBlock = 0; firstBlock < blocks; firstBlock += blocksPerStep)
        {
            context.Report("training", (double)firstBlock / blocks);
            var first = firstBlock;
            context.ForEachBlock(Math.Min(blocksPerStep, blocks - firstBlock), block =>
            {
                if (!idle.TryTake(out var workspace))
                    workspace = create();
                var start = (first + block) * ItemsPerBlock;
                for (var item = start; item < Math.Min(start + ItemsPerBlock, itemIndexes.Length); item++)
                {
                    var (inputs, weights) = solve(workspace, item);
                    columns[itemIndexes[item]] = (Array.ConvertAll(inputs, input => itemIndexes[input]), weights);
                }

                idle.Add(workspace);
            });
        }

        return Joined(columns, restriction, itemIndexes.Length, context);
    }

    private static SparseMatrix Joined((int[] Items, float[] Weights)[] columns, Restriction restriction, int usedCount, TrainingContext context)
    {
        var reached = columns.Count(column => column.Items.Length > 0);
        var entries = columns.Sum(column => (long)column.Items.Length);
        if (entries > Array.MaxLength)
            throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"{usedCount:N0} items have {entries:N0} weights, more than a matrix can hold; lower RestrictedNeighbours."));
        context.Memory?.Claim(2 * entries * (sizeof(int) + sizeof(float)));
        context.Notes.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{restriction.Trainer}: {usedCount:N0} items have interactions, more than MaxItems ({restriction.MaxItems:N0}), so each has weights from at most {restriction.Neighbours:N0} items like it. {100.0 * reached / usedCount:F1}% of them can be reached."));
        return SparseMatrix.Join(columns.Length, columns).Transpose();
    }
}

/// <summary>What regressions are restricted to.</summary>
/// <param name="Trainer">The name of the recommender.</param>
/// <param name="MaxItems">With more items than this they are restricted.</param>
/// <param name="Neighbours">n: how many items an item is regressed on at most.</param>
/// <param name="Kept">How many of the weights that lead to an item are kept; 0: all.</param>
internal readonly record struct Restriction(string Trainer, int MaxItems, int Neighbours, int Kept)
{
    public LargestEntries NewLargest() => new(Kept == 0 ? Neighbours + 1 : Math.Min(Kept, Neighbours + 1));
}
