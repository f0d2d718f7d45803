using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Sequence;

public sealed class SequenceTrainerTests : CollaborativeTrainerContract
{
    protected override double QualityFloor => 0.5;

    protected override bool KnowsLonelyPair => false;

    protected override bool UsesSeed => false;

    protected override ITrainer CreateTrainer() => new SequenceTrainer(new SequenceOptions { Regularization = 10, Decay = 0.9f, OrderFreeShare = 0.5f });

    [Fact]
    public void Train_ThreeInARow_EqualsHandComputed()
    {
        // Faded by 0.5 the inputs are (1, 0, 0) before B and (0.5, 1, 0) before C. S^T S + 1 = [2.25 0.5; 0.5 2] over A and B, its inverse [2 -0.5; -0.5 2.25] / 4.25;
        // S^T Y: A to B 1, A to C 0.5, B to C 1. So A to B 2 / 4.25, A to C (2 x 0.5 - 0.5) / 4.25, B to C (2.25 - 0.5 x 0.5) / 4.25; nothing leads back.
        var weights = Weights(new SequenceOptions { Regularization = 1, Decay = 0.5f, OrderFreeShare = 0 }, Datasets.OfPurchases((1, 1), (1, 2), (1, 3)));

        Assert.Equal([(0, 1), (0, 2), (1, 2)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal([2 / 4.25f, 0.5f / 4.25f, 2 / 4.25f], weights.Entries().Select(entry => entry.Value), Near);
    }

    [Fact]
    public void Train_TwoAtOnceThenOne_BothLeadToItAlike()
    {
        // One example: (1, 1, 0) before C. [2 1; 1 2] has the inverse [2 -1; -1 2] / 3, so each leads to C with 1/3, and neither to the other.
        var dataset = Datasets.Of((1, 1, Datasets.Purchase, 0, 5), (1, 2, Datasets.Purchase, 0, 5), (1, 3, Datasets.Purchase, 0, 9), (1, 4, Datasets.Dislike, 0, 7));

        var weights = Weights(new SequenceOptions { Regularization = 1, Decay = 0.5f, OrderFreeShare = 0 }, dataset);

        Assert.Equal([(0, 2), (1, 2)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal([1 / 3f, 1 / 3f], weights.Entries().Select(entry => entry.Value), Near);
    }

    [Fact]
    public void Train_ItemMetAgain_CountsWhereItWasMetLast()
    {
        // A, B, A is B then A.
        var weights = Weights(new SequenceOptions { OrderFreeShare = 0 }, Datasets.OfPurchases((1, 1), (1, 2), (1, 1)));
        Assert.Equal([(1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
    }

    [Fact]
    public void Train_OrderFreeAlone_LeadsBothWays()
    {
        // Two users met A and B: X^T X + 1 = [3 2; 2 3], inverse [3 -2; -2 3] / 5; times X^T X = [2 2; 2 2]: (3 x 2 - 2 x 2) / 5 = 0.4 off the diagonal.
        var weights = Weights(new SequenceOptions { Regularization = 1, OrderFreeShare = 1 }, Datasets.OfPurchases((1, 1), (1, 2), (2, 2), (2, 1)));

        Assert.Equal([(0, 1), (1, 0)], weights.Entries().Select(entry => (entry.Row, entry.Column)));
        Assert.Equal([0.4f, 0.4f], weights.Entries().Select(entry => entry.Value), Near);
    }

    [Fact]
    public void Retrieve_UsersWalkingARing_RanksTheNextFirst()
    {
        // Everyone walks six steps of a ring of 30, each from another place: only the order tells the next item from the one before the first.
        const int Ring = 30;
        var dataset = Datasets.OfPurchases([.. Enumerable.Range(0, 3 * Ring).SelectMany(user => Enumerable.Range(0, 6).Select(step => (user, (user + step) % Ring)))]);
        var model = Train(dataset, new SequenceTrainer(new SequenceOptions { Regularization = 1 }));

        for (var user = 0; user < Ring; user++)
        {
            var seen = dataset.UserItemIndexes(user).ToArray().Aggregate(0UL, (bits, item) => bits | (1UL << item));
            Assert.Equal((user + 6) % Ring, Retrieved(model, dataset, user, [seen], 1)[0]);
        }
    }

    [Fact]
    public void Train_FewNeighbours_KeepsTheLargestOfEachRow()
    {
        var dataset = PlantedTastes().Train;
        var all = Weights(new SequenceOptions { Regularization = 10, Neighbours = 0 }, dataset);

        var few = Weights(new SequenceOptions { Regularization = 10, Neighbours = 7 }, dataset);

        for (var item = 0; item < all.RowCount; item++)
        {
            var expected = all.Entries().Where(entry => entry.Row == item).OrderByDescending(entry => Math.Abs(entry.Value)).Take(7).OrderBy(entry => entry.Column);
            Assert.Equal(expected, few.Entries().Where(entry => entry.Row == item));
        }
    }

    private static bool Near(float expected, float actual) => Math.Abs(expected - actual) < 1e-5f;

    private static ItemWeightsModel Train(InteractionDataset dataset, SequenceTrainer trainer) => (ItemWeightsModel)trainer.Train(dataset, new TrainingContext());

    private static SparseMatrix Weights(SequenceOptions options, InteractionDataset dataset) => Train(dataset, new SequenceTrainer(options)).Weights;
}
