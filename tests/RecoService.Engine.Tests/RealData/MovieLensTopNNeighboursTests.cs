using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Algorithms.UserKnn;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The neighbourhood models on <see cref="MovieLensTopNSplit"/>, against the published figures.</summary>
public sealed class MovieLensTopNNeighboursTests
{
    [Fact]
    public void EvaluateRanking_ItemKnn_EqualsThePublishedFigures()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new ItemKnnTrainer(new ItemKnnOptions { Neighbours = 886, Shrinkage = 403, Weighting = Weighting.Bm25 }));

        Assert.Equal(0.3293, result.PrecisionAtK, 4);
        Assert.Equal(0.2152, result.RecallAtK, 4);
        Assert.Equal(0.2571, result.NdcgAtK, 4);
    }

    /// <summary>The published framework serves a user from those who have him among their neighbours; here it is his own neighbours.</summary>
    [Fact]
    public void EvaluateRanking_UserKnn_ReachesThePublishedFigure()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new UserKnnTrainer(new UserKnnOptions { Similarity = Similarity.Dice, Neighbours = 129, Shrinkage = 0 }));

        Assert.InRange(result.NdcgAtK, 0.98 * 0.2692, 0.2692 + 0.005);
    }

    /// <summary>Settings searched on a fifth of the training part; the paper's own are not published.</summary>
    [Fact]
    public void EvaluateRanking_Rp3Beta_ReachesThePublishedFigure()
    {
        var result = MovieLensTopNSplit.ReadOrSkip().Evaluate(new Rp3BetaTrainer(new Rp3BetaOptions { Alpha = 0.8f, Beta = 0.6f, Neighbours = 300 }));

        Assert.InRange(result.NdcgAtK, 0.98 * 0.2588, 0.2588 + 0.01);
    }
}
