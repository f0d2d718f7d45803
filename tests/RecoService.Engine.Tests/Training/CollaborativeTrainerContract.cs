using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

/// <summary>What a trainer that learns taste from other users must keep beside <see cref="TrainerContract"/>.</summary>
public abstract class CollaborativeTrainerContract : TrainerContract
{
    private const int BoardSize = 40;

    /// <summary>False for a trainer whose result is the only one the data allows.</summary>
    protected virtual bool UsesSeed => true;

    /// <summary>Even users like even items, odd users odd ones, and nobody was asked about the item of his own number.</summary>
    [Fact]
    public void Retrieve_Checkerboard_RanksTheWithheldItemFirst()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < BoardSize; user++)
        {
            for (var item = 0; item < BoardSize; item++)
            {
                if ((user + item) % 2 == 0 && user != item)
                    Like(builder, user, item, item);
                else if ((user + item) % 4 == 1)
                    Ignore(builder, user, item, item);
            }
        }

        var dataset = builder.Build();
        var model = Train(dataset, new TrainingContext(2));

        for (var user = 0; user < BoardSize; user++)
        {
            var blocked = new ulong[Bits.WordsFor(BoardSize)];
            foreach (var item in dataset.UserItemIndexes(user))
                Bits.Set(blocked, item);
            Assert.Equal(user, Retrieved(model, dataset, user, blocked, 1)[0]);
        }
    }

    [Fact]
    public void Train_OtherThreadCount_SameScores()
    {
        var dataset = PlantedTastes().Train;
        var expected = AllScores(Train(dataset, new TrainingContext(threads: 1)), dataset);
        Assert.Equal(expected, AllScores(Train(dataset, new TrainingContext(threads: 2)), dataset));
        Assert.Equal(expected, AllScores(Train(dataset, new TrainingContext(threads: 5)), dataset));
    }

    [Fact]
    public void Train_OtherSeed_OtherScoresWhereChanceHasAPart()
    {
        var dataset = PlantedTastes().Train;
        var first = AllScores(Train(dataset, new TrainingContext(seed: 1)), dataset);
        var second = AllScores(Train(dataset, new TrainingContext(seed: 2)), dataset);
        Assert.Equal(!UsesSeed, first.SequenceEqual(second));
    }
}
