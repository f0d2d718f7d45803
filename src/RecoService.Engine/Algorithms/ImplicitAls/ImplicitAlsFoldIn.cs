using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.ImplicitAls;

/// <summary>
/// The last half-step of <see cref="ImplicitAlsTrainer"/> for one row, solved exactly whatever the solver: the same history and options give the factors
/// that training gave.
/// </summary>
internal sealed class ImplicitAlsFoldIn : FoldIn
{
    private readonly ImplicitAlsOptions options;
    private readonly float meanEntries;
    private readonly float[] gram;
    private readonly bool isBinary;

    /// <param name="options">Those the model was trained with; what says nothing about a user's row is not kept.</param>
    /// <param name="meanEntries">See <see cref="RegularizationScale.MeanFrequency"/>.</param>
    /// <param name="gram">Y^T Y of the item factors, f x f: kept, so that items which leave the shop take nothing from it.</param>
    /// <param name="isBinary">Whether every pair counts alike, whatever its weight.</param>
    public ImplicitAlsFoldIn(ImplicitAlsOptions options, float meanEntries, float[] gram, bool isBinary = false)
    {
        this.options = new ImplicitAlsOptions
        {
            Regularization = options.Regularization,
            RegularizationScale = options.RegularizationScale,
            Alpha = options.Alpha,
            Confidence = options.Confidence,
            Epsilon = options.Epsilon,
        };
        this.meanEntries = meanEntries;
        this.gram = gram;
        this.isBinary = isBinary;
    }

    internal override HistoryAspect Aspect => isBinary ? HistoryAspect.Signs : HistoryAspect.Times;

    public static StoredFormat StoredAs { get; } = new StoredFormat<ImplicitAlsFoldIn>("implicit-als-fold-in", 1, reader =>
    {
        var read = new ImplicitAlsFoldIn(
        new ImplicitAlsOptions
        {
            Regularization = reader.ReadSingle(),
            RegularizationScale = (RegularizationScale)reader.ReadInt32(),
            Alpha = reader.ReadSingle(),
            Confidence = (ConfidenceScale)reader.ReadInt32(),
            Epsilon = reader.ReadSingle(),
        },
        reader.ReadSingle(), reader.ReadVector(), reader.ReadInt32() != 0);
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserSolver Over(FactorModel model) => new RowSolver(this, model.ItemFactors);

    private protected override void WriteParameters(ChecksummedWriter writer)
    {
        writer.WriteSingle(options.Regularization);
        writer.WriteInt32((int)options.RegularizationScale);
        writer.WriteSingle(options.Alpha);
        writer.WriteInt32((int)options.Confidence);
        writer.WriteSingle(options.Epsilon);
        writer.WriteSingle(meanEntries);
        writer.WriteVector(gram);
        writer.WriteInt32(isBinary ? 1 : 0);
    }

    private sealed class RowSolver : IUserSolver
    {
        private readonly ImplicitAlsFoldIn foldIn;
        private readonly AlsHalfStep step;
        private readonly FactorMatrix itemFactors;
        private readonly AlignedFloats? inverseRoot;
        private readonly ConcurrentBag<ShortRowSolver> idleSolvers = [];

        public RowSolver(ImplicitAlsFoldIn foldIn, FactorMatrix itemFactors)
        {
            this.foldIn = foldIn;
            this.itemFactors = itemFactors;
            step = new AlsHalfStep(foldIn.options, itemFactors, foldIn.gram);
            if (foldIn.options.RegularizationScale != RegularizationScale.Frequency && ShortRowSolver.MaxEntries(itemFactors.Factors) > 0)
                inverseRoot = ShortRowSolver.InverseRootOf(foldIn.gram, itemFactors.Factors, step.RegularizationOf(entries: 0, foldIn.meanEntries));
        }

        public bool TrySolve(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
            var confidences = rented.AsSpan(0, user.Items.Length);
            user.Weights.CopyTo(confidences);
            if (foldIn.isBinary)
            {
                foreach (ref var weight in confidences)
                    weight = MathF.Sign(weight);
            }

            Confidences.Compute(confidences, foldIn.options, confidences);
            var isFor = Confidences.HasPositive(confidences);
            if (!isFor)
                factors.Fill(float.NaN);
            var isSolved = !isFor || TrySolve(user.Items, confidences, factors);
            ArrayPool<float>.Shared.Return(rented);
            return isSolved;
        }

        private bool TrySolve(ReadOnlySpan<int> items, ReadOnlySpan<float> confidences, Span<float> factors)
        {
            if (inverseRoot is null || items.Length > ShortRowSolver.MaxEntries(itemFactors.Factors))
                return step.TrySolveRow(factors, items, confidences, foldIn.meanEntries);
            if (!idleSolvers.TryTake(out var solver))
                solver = new ShortRowSolver(itemFactors, inverseRoot);
            var isSolved = solver.TrySolve(factors, items, confidences);
            idleSolvers.Add(solver);
            return isSolved;
        }
    }
}
