using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.MlNet;

/// <summary>Factorizes the rows: |U| x f and |I| x f, both row-major and the caller's to keep. A row's score is the plain dot product.</summary>
internal delegate (float[] UserFactors, float[] ItemFactors) Factorize(TrainingRows rows, MlNetOptions options, int threads, int seed);

/// <summary>Everything around ML.NET's own step: what goes in, what must not, and the factors that come out.</summary>
internal sealed class MlNetTrainer : ITrainer
{
    private readonly MlNetOptions options;
    private readonly Factorize factorize;

    /// <exception cref="ValidationException">An option is out of range or does not go with the loss.</exception>
    public MlNetTrainer(MlNetOptions options, Factorize factorize)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        this.options = options;
        this.factorize = factorize;
    }

    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        if (dataset.Count == 0)
            return EmptyModel(dataset);

        var rows = options.IsOneClass ? TrainingRows.OfPositives(dataset) : TrainingRows.OfRatings(dataset);
        context.CancellationToken.ThrowIfCancellationRequested();

        // ML.NET tells no progress and cannot be interrupted, so a cancellation takes effect when it is done.
        context.Report("training", 0);
        var (users, items) = factorize(rows, options, Math.Min(options.Threads, context.Threads), context.Seed);
        context.CancellationToken.ThrowIfCancellationRequested();
        context.Report("training", 1);

        var itemFactors = KnownRows(items, rows.ItemIsSeen);
        return new FactorModel(dataset.Users, dataset.Items, KnownRows(users, rows.UserIsSeen), itemFactors, foldIn: FoldInTo(itemFactors)).TrainedOn(dataset, context);
    }

    /// <summary>What LIBMF minimizes, solved for one user; its one-class loss as if pairs that did not happen were wanted to score 0 instead of <see cref="MlNetOptions.C"/>.</summary>
    private FoldIn FoldInTo(FactorMatrix itemFactors) => options.IsOneClass
        ? FoldIn.OfPairs(itemFactors, excess: (float)Math.Max(0, (1 / options.Alpha) - 1), regularization: (float)(options.Regularization / options.Alpha))
        : FoldIn.OfRatings((float)options.Regularization, options.NonNegative);

    private FactorModel EmptyModel(InteractionDataset dataset) => new(
        dataset.Users, dataset.Items,
        KnownRows(new float[dataset.Users.Count * options.Factors], new bool[dataset.Users.Count]),
        KnownRows(new float[dataset.Items.Count * options.Factors], new bool[dataset.Items.Count]));

    /// <summary>Which rows are known is asked of the training rows: under one-class ML.NET gives unseen ids small finite factors.</summary>
    private FactorMatrix KnownRows(float[] values, bool[] isSeen)
    {
        for (var row = 0; row < isSeen.Length; row++)
        {
            var factors = values.AsSpan(row * options.Factors, options.Factors);
            if (!isSeen[row])
                factors.Fill(float.NaN);
            else if (!AreFinite(factors))
                throw new TrainingException($"Training diverged: some factors are not finite. Lower LearningRate ({options.LearningRate}) or raise Regularization ({options.Regularization}).");
        }

        return new FactorMatrix(isSeen.Length, options.Factors, values);
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
                return false;
        }

        return true;
    }
}
