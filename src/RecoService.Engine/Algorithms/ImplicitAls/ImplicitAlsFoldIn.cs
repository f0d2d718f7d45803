using System.Buffers;
using System.Collections.Concurrent;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
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
    private readonly RowRegularization regularization;
    private readonly float[] gram;
    private readonly bool isBinary;

    /// <param name="options">Those the model was trained with; what says nothing about a user's row is not kept.</param>
    /// <param name="regularization">Of the users' rows.</param>
    /// <param name="gram">Y^T Y of the item factors, f x f: kept, so that items which leave the shop take nothing from it.</param>
    /// <param name="isBinary">Whether every pair counts alike, whatever its weight.</param>
    public ImplicitAlsFoldIn(ImplicitAlsOptions options, RowRegularization regularization, float[] gram, bool isBinary = false)
    {
        this.options = new ImplicitAlsOptions
        {
            UnobservedWeight = options.UnobservedWeight,
            Alpha = options.Alpha,
            Confidence = options.Confidence,
            Epsilon = options.Epsilon,
        };
        this.regularization = regularization;
        this.gram = gram;
        this.isBinary = isBinary;
    }

    internal override HistoryNeeds Needs => isBinary ? HistoryNeeds.None : HistoryNeeds.Times;

    internal override bool IsLinear => true;

    public static StoredFormat StoredAs { get; } = new StoredFormat<ImplicitAlsFoldIn>("implicit-als-fold-in", 2, reader =>
    {
        var read = new ImplicitAlsFoldIn(
        new ImplicitAlsOptions
        {
            UnobservedWeight = reader.ReadSingle(),
            Alpha = reader.ReadSingle(),
            Confidence = (ConfidenceScale)reader.ReadInt32(),
            Epsilon = reader.ReadSingle(),
        },
        new RowRegularization(reader.ReadSingle(), reader.ReadSingle(), reader.ReadSingle()), reader.ReadVector(), reader.ReadInt32() != 0);
        return () => read;
    });

    private protected override StoredFormat Format => StoredAs;

    internal override IUserEncoder Over(FactorModel model) => new RowSolver(this, model.ItemFactors);

    private protected override void WriteParameters(ModelWriter writer)
    {
        writer.WriteSingle(options.UnobservedWeight);
        writer.WriteSingle(options.Alpha);
        writer.WriteInt32((int)options.Confidence);
        writer.WriteSingle(options.Epsilon);
        writer.WriteSingle(regularization.Factor);
        writer.WriteSingle(regularization.Offset);
        writer.WriteSingle(regularization.Exponent);
        writer.WriteVector(gram);
        writer.WriteInt32(isBinary ? 1 : 0);
    }

    private sealed class RowSolver : ILinearEncoder
    {
        private readonly ImplicitAlsFoldIn foldIn;
        private readonly AlsHalfStep step;
        private readonly FactorMatrix itemFactors;
        private readonly InverseRoots inverseRoots;
        private readonly ConcurrentBag<ShortRowSolver> idleSolvers = [];

        public RowSolver(ImplicitAlsFoldIn foldIn, FactorMatrix itemFactors)
        {
            this.foldIn = foldIn;
            this.itemFactors = itemFactors;
            step = new AlsHalfStep(foldIn.options, itemFactors, foldIn.gram);
            inverseRoots = new InverseRoots(foldIn.gram, itemFactors.Factors, foldIn.regularization);
            _ = inverseRoots.Of(entries: 1);
        }

        public bool TryEncode(in UserHistory user, Span<float> factors, out float bias)
        {
            bias = 0;
            var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
            var confidences = rented.AsSpan(0, user.Items.Length);
            FillConfidences(user.Weights, confidences);
            var isFor = Confidences.HasPositive(confidences);
            if (!isFor)
                factors.Fill(float.NaN);
            var isSolved = !isFor || TrySolve(user.Items, confidences, factors);
            ArrayPool<float>.Shared.Return(rented);
            return isSolved;
        }

        public void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions)
        {
            var rented = ArrayPool<float>.Shared.Rent(user.Items.Length);
            var confidences = rented.AsSpan(0, user.Items.Length);
            FillConfidences(user.Weights, confidences);
            step.TryContributions(user.Items, confidences, foldIn.regularization, itemIndexes, contributions);
            ArrayPool<float>.Shared.Return(rented);
        }

        private void FillConfidences(ReadOnlySpan<float> weights, Span<float> confidences)
        {
            weights.CopyTo(confidences);
            if (foldIn.isBinary)
            {
                foreach (ref var weight in confidences)
                    weight = MathF.Sign(weight);
            }

            Confidences.Compute(confidences, foldIn.options, confidences);
        }

        private bool TrySolve(ReadOnlySpan<int> items, ReadOnlySpan<float> confidences, Span<float> factors)
        {
            if (inverseRoots.Of(items.Length) is not { } inverseRoot)
                return step.TrySolveRow(factors, items, confidences, foldIn.regularization);
            if (!idleSolvers.TryTake(out var solver))
                solver = new ShortRowSolver(itemFactors);
            var isSolved = solver.TrySolve(factors, items, confidences, inverseRoot);
            idleSolvers.Add(solver);
            return isSolved;
        }
    }
}
