using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Tests.Algorithms.ColdStart;

namespace RecoService.Engine.Tests.Algorithms.Popularity;

public sealed class GroupPopularityTests
{
    [Fact]
    public void RetrieveFor_UsersOfAGroup_HaveWhatIsPopularInIt()
    {
        var model = Train(Tastes.Dataset());

        Assert.All(Tastes.KeysFor(model, Tastes.Young, 10), key => Assert.True(key < Tastes.ColdLamp));
        Assert.All(Tastes.KeysFor(model, Tastes.Old, 10), key => Assert.InRange(key, 21, Tastes.ColdChair - 1));
        Assert.Empty(Tastes.KeysFor(model, new UserContent { Attributes = ["taste=unheard"] }, 10));
        // Items that nobody is for are not offered.
        Assert.Equal(38, Tastes.KeysFor(model, Tastes.Old, 40).Length);
    }

    /// <summary>Six users of a group have one item, four of these another as well; of ten others all have the second.</summary>
    [Fact]
    public void RetrieveFor_TwoItems_EqualsHandComputed()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 1; user <= 16; user++)
        {
            if (user <= 6)
                builder.Add(user, 1, Datasets.Purchase, 0, user);
            if (user <= 4 || user > 6)
                builder.Add(user, 2, Datasets.Purchase, 0, user);
            builder.AddUserContent(user, new UserContent { Attributes = [user <= 6 ? "in=yes" : "in=no"] });
        }

        IAttributeScorer model = Train(builder.Build());
        var (best, items, scores) = (new TopK(2), new int[2], new float[2]);
        model.RetrieveFor(new UserContent { Attributes = ["in=yes"] }, [], best);
        Assert.Equal(2, best.Drain(items, scores));

        // p = 6/20 and 14/20; of the group 6 and 4 are for them.
        Assert.Equal([1, 0], items);
        Assert.Equal(Math.Log(14.0 / 20) + Math.Log(1 + (4 / (GroupPopularity.PriorInteractions * 14 / 20))), scores[0], 1e-5);
        Assert.Equal(Math.Log(6.0 / 20) + Math.Log(1 + (6 / (GroupPopularity.PriorInteractions * 6 / 20))), scores[1], 1e-5);
    }

    [Fact]
    public void Stored_AndLaidOverOtherKeys_OffersTheSame()
    {
        var model = Train(Tastes.Dataset());
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        var read = ModelSerializer.Read(stream, BuiltInTrainers.Registry.Formats);
        Assert.Equal(stream.Length, stream.Position);

        Assert.Equal(Tastes.KeysFor(model, Tastes.Old, 10), Tastes.KeysFor(read, Tastes.Old, 10));
        var rebased = read.Rebase(KeyMap.Empty, KeyMap.FromAscending([.. Enumerable.Range(25, 60)]));
        Assert.Equal(Tastes.KeysFor(model, Tastes.Old, 40).Where(key => key >= 25), Tastes.KeysFor(rebased, Tastes.Old, 40));
        Assert.True(rebased.IsSound());
    }

    [Fact]
    public void RetrieveFor_BlockedItems_AreLeftOut()
    {
        IAttributeScorer model = Train(Tastes.Dataset());
        var best = new TopK(40);

        model.RetrieveFor(Tastes.Old, [ulong.MaxValue], best);

        Assert.Equal(0, best.Count);
    }

    [Fact]
    public void Train_NoAttributes_KnowsNoGroups()
    {
        IAttributeScorer model = Train(Datasets.OfPurchases((1, 1), (2, 1)));

        Assert.False(model.KnowsAttributes);
    }

    private static PopularityModel Train(InteractionDataset dataset) => (PopularityModel)new PopularityTrainer(new PopularityOptions()).Train(dataset, new TrainingContext());
}
