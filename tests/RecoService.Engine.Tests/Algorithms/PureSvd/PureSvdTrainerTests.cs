using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Computing;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.PureSvd;

public sealed class PureSvdTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.5;

    protected override bool IsExact => true;

    protected override ITrainer CreateTrainer() => new PureSvdTrainer(new PureSvdOptions { Factors = 3 });

    [Fact]
    public void Train_TwoTastes_ScoresAreTheRankTwoReconstruction()
    {
        // Users 1 and 2 have {1, 2}, user 3 has {3}: two blocks of rank 1, which two factors give back exactly.
        var dataset = Datasets.OfPurchases((1, 1), (1, 2), (2, 1), (2, 2), (3, 3));

        var model = new PureSvdTrainer(new PureSvdOptions { Factors = 2 }).Train(dataset, new TrainingContext());

        float[] expected = [1, 1, 0, 1, 1, 0, 0, 0, 1];
        Assert.All(AllScores(model, dataset).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    [Fact]
    public void Train_Weighted_UsesTheWeights()
    {
        // One user, weights 8 and 1: the only singular vector is (8, 1) / sqrt 65, so the reconstruction is the row itself.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.View, 0, 2));

        var model = new PureSvdTrainer(new PureSvdOptions { Factors = 1, Binary = false }).Train(dataset, new TrainingContext());

        Assert.Equal(8, AllScores(model, dataset)[0], 1e-4f);
        Assert.Equal(1, AllScores(model, dataset)[1], 1e-4f);
    }

    [Fact]
    public void Train_OnlyDisliked_IsUnknown()
    {
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 1), (1, 2, Datasets.Dislike, 0, 2), (2, 1, Datasets.Dislike, 0, 3));

        var model = (FactorModel)CreateTrainer().Train(dataset, new TrainingContext());

        Assert.True(float.IsFinite(AllScores(model, dataset)[0]));
        Assert.All(AllScores(model, dataset)[1..], score => Assert.True(float.IsNaN(score)));
    }
}
