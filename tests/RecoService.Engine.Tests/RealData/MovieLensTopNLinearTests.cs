using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Algorithms.Slim;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The linear models on <see cref="MovieLensTopNSplit"/>, against the published figures.</summary>
public sealed class MovieLensTopNLinearTests
{
    [Fact]
    public void EvaluateRanking_Ease_EqualsThePublishedFigures()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new EaseTrainer(new EaseOptions { Regularization = 458, Neighbours = 0 }));

        Assert.Equal(0.3739, result.PrecisionAtK, 4);
        Assert.Equal(0.2430, result.RecallAtK, 4);
        Assert.Equal(0.2905, result.NdcgAtK, 4);
    }

    /// <summary>Settings searched on a fifth of the training part; the paper's own are not published.</summary>
    [Fact]
    public void EvaluateRanking_Slim_ReachesThePublishedFigure()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new SlimTrainer(new SlimOptions { L1Regularization = 1, L2Regularization = 250, Neighbours = 500 }));

        Assert.InRange(result.NdcgAtK, 0.98 * 0.2957, 0.2957 + 0.005);
    }

    [Fact]
    public void EvaluateRanking_PureSvd_EqualsThePublishedFigures()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new PureSvdTrainer(new PureSvdOptions { Factors = 13 }));

        Assert.Equal(0.3545, result.PrecisionAtK, 0.002);
        Assert.Equal(0.2247, result.RecallAtK, 0.002);
        Assert.Equal(0.2719, result.NdcgAtK, 0.002);
    }
}
