using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>Models of order that were trained elsewhere: item rows, and a network that makes a user's vector of those they met.</summary>
public static class SequenceModels
{
    private const int UsersPerBlock = 64;

    /// <summary>How these models are stored, beside <see cref="FactorModel.Format"/>.</summary>
    public static IReadOnlyList<StoredFormat> Formats { get; } = [FactorModel.Format, SequenceFoldIn.StoredAs, TransformerNetwork.StoredAs, RecurrentNetwork.StoredAs];

    /// <summary>A model with the encoder of SASRec.</summary>
    /// <param name="dataset">What it was trained on.</param>
    /// <param name="itemFactors">|I| x f; rows of NaN are unknown.</param>
    /// <param name="shape">The sizes of the network.</param>
    /// <param name="weights">In the order that docs/workers.md gives.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other, or some weights are not finite.</exception>
    public static FactorModel OfTransformer(InteractionDataset dataset, FactorMatrix itemFactors, TransformerShape shape, float[] weights, TrainingContext context) =>
        Of(dataset, itemFactors, new TransformerNetwork(shape, weights), context);

    /// <summary>A model with the encoder of GRU4Rec.</summary>
    /// <param name="dataset">What it was trained on.</param>
    /// <param name="itemFactors">|I| x f; rows of NaN are unknown.</param>
    /// <param name="maxLength">How many of the newest items are read.</param>
    /// <param name="hidden">The length of the state.</param>
    /// <param name="weights">In the order that docs/workers.md gives.</param>
    /// <param name="context">Threads and cancellation.</param>
    /// <exception cref="ArgumentException">The parts do not fit each other, or some weights are not finite.</exception>
    public static FactorModel OfRecurrentNetwork(InteractionDataset dataset, FactorMatrix itemFactors, int maxLength, int hidden, float[] weights, TrainingContext context) =>
        Of(dataset, itemFactors, new RecurrentNetwork(itemFactors.Factors, maxLength, hidden, weights), context);

    /// <summary>Every user of the dataset has the row that their history calls for, so that requests encode only those who did something since.</summary>
    private static FactorModel Of(InteractionDataset dataset, FactorMatrix itemFactors, ISequenceNetwork network, TrainingContext context)
    {
        var foldIn = new SequenceFoldIn(network);
        foldIn.RequireFit(itemFactors);
        var userFactors = new FactorMatrix(dataset.Users.Count, itemFactors.Factors);
        userFactors.Values.AsSpan().Fill(float.NaN);
        var folded = new FoldedUsers(new FactorModel(dataset.Users, dataset.Items, userFactors, itemFactors), foldIn, []);
        folded.Prepare();
        context.ForEachBlock((dataset.Users.Count + UsersPerBlock - 1) / UsersPerBlock, block =>
        {
            for (var user = block * UsersPerBlock; user < Math.Min((block + 1) * UsersPerBlock, dataset.Users.Count); user++)
                folded.TryFoldIn(dataset.HistoryOf(user), userFactors.Row(user), out _);
        });
        return new FactorModel(dataset.Users, dataset.Items, userFactors, itemFactors, foldIn: foldIn);
    }
}
