using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.RealData;

/// <summary>
/// The blend on the split of <see cref="MovieLensTopNSplit"/>, its options searched and its weights learned on validation parts of the training part.
/// SLIM is published at 0.2957 there.
/// </summary>
public sealed class MovieLensHybridTests
{
    [Fact]
    public void EvaluateRanking_Hybrid_IsInTheClassOfSlim()
    {
        var trainer = TrainerRegistry.BuiltIn.Create("hybrid", new HybridOptions
        {
            Components = "one-class,slim,ease",
            Trainers =
            {
                ["one-class"] = new ImplicitAlsOptions
                {
                    Factors = 64, Alpha = 7.2f, Regularization = 49, RegularizationScale = RegularizationScale.None, Confidence = ConfidenceScale.Linear, Epochs = 8,
                },
                ["slim"] = new SlimOptions { L1Regularization = 1, L2Regularization = 250, Neighbours = 500 },
                ["ease"] = new EaseOptions { Regularization = 458, Neighbours = 0 },
            },
        });

        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(trainer);

        Assert.InRange(result.NdcgAtK, 0.29, 0.40);
    }
}
