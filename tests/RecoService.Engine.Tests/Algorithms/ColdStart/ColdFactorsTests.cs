using RecoService.Engine.Algorithms;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.ColdStart;

/// <summary>What every factor model learns of items and users without interactions.</summary>
public sealed class ColdFactorsTests
{
    private static readonly TrainerRegistry Registry = BuiltInTrainers.Registry;

    public static TheoryData<string> FactorTrainers =>
        [.. Registry.Names.Where(name => typeof(FactorOptions).IsAssignableFrom(Registry.OptionsTypeOf(name)))];

    [Fact]
    public void FactorTrainers_AreAllThatMakeFactors() =>
        Assert.Equal(["biased-mf", "bpr", "implicit-als", "nmf", "pure-svd", "simplex", "svd++"], FactorTrainers.Select(row => row.Data).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(FactorTrainers))]
    public void TryScoreLater_ItemsByTheirContent_SuitTheTaste(string name)
    {
        IColdScorer model = Train(name);
        Assert.True(model.PlacesItems);
        LaterItem[] later =
        [
            new(100, 0, new TermVector([], []), model.RowOf(Tastes.Lamp)), new(101, 0, new TermVector([], []), model.RowOf(Tastes.Chair)),
            new(102, 0, new TermVector([], []), model.RowOf(Tastes.ColdLamp)), new(103, 0, new TermVector([], []), model.RowOf(Tastes.ColdChair)), new(104, 0, new TermVector([], []), null),
        ];

        var scores = new float[later.Length];
        for (var user = 0; user < model.Users.Count; user++)
        {
            Assert.True(model.TryScoreLater(new UserHistory(user), later, scores));
            Assert.Equal((Tastes.LikesLamps(model.Users[user]), Tastes.LikesLamps(model.Users[user])), (scores[0] > scores[1], scores[2] > scores[3]));
            Assert.True(float.IsNaN(scores[4]));
        }
    }

    [Theory]
    [MemberData(nameof(FactorTrainers))]
    public void RetrieveFor_UsersByTheirAttributes_HaveItemsOfTheirKind(string name)
    {
        var model = Train(name);
        Assert.True(((IAttributeScorer)model).KnowsAttributes);

        Assert.All(Tastes.KeysFor(model, Tastes.Young, 10), key => Assert.True(key < Tastes.ColdLamp));
        Assert.All(Tastes.KeysFor(model, Tastes.Old, 10), key => Assert.InRange(key, 21, Tastes.ColdChair - 1));
        Assert.Equal(10, Tastes.KeysFor(model, new UserContent { Attributes = ["taste=cosy"] }, 10).Length);
        Assert.Empty(Tastes.KeysFor(model, new UserContent { Attributes = ["taste=unheard"] }, 10));
    }

    [Theory]
    [MemberData(nameof(FactorTrainers))]
    public void Train_WithoutColdStart_PlacesNothingAndScoresTheSame(string name)
    {
        var (with, without) = (Train(name), Train(name, coldStart: false));

        Assert.False(((IColdScorer)without).PlacesItems);
        Assert.False(((IAttributeScorer)without).KnowsAttributes);
        Assert.Null(((IColdScorer)without).RowOf(Tastes.Lamp));
        Assert.Null(((IColdScorer)without).RowOf(Tastes.ColdLamp));
        Assert.Equal(without.ItemFactors.Values, with.ItemFactors.Values);
        Assert.Equal(without.UserFactors.Values, with.UserFactors.Values);
    }

    /// <summary>Its own list does not hold what nobody has touched.</summary>
    [Fact]
    public void Score_ItemWithoutInteractions_StaysUnknown()
    {
        var model = Train("implicit-als");
        Assert.True(model.Items.TryGetIndex(Tastes.ColdLamp, out var cold));

        var scores = new float[1];
        model.Score(new UserHistory(0), [cold], scores);

        Assert.True(float.IsNaN(scores[0]));
        Assert.True(((IColdScorer)model).HasRowOf(Tastes.ColdLamp));
        Assert.False(((IColdScorer)model).HasRowOf(1));
        Assert.Null(((IColdScorer)model).RowOf(1));
    }

    [Theory]
    [MemberData(nameof(FactorTrainers))]
    public void Stored_AndLaidOverOtherKeys_PlacesTheSame(string name)
    {
        var model = Train(name);
        using var stream = new MemoryStream();
        ModelSerializer.Write(model, stream);
        stream.Position = 0;
        var read = ModelSerializer.Read(stream, Registry.Formats);
        Assert.Equal(stream.Length, stream.Position);
        var rebased = (IColdScorer)read.Rebase(model.Users, KeyMap.FromAscending([.. Enumerable.Range(5, 60)])).ForServing();

        foreach (var other in (IColdScorer[])[(IColdScorer)read, rebased])
        {
            Assert.Equal(((IColdScorer)model).RowOf(Tastes.Lamp), other.RowOf(Tastes.Lamp));
            Assert.Equal(((IColdScorer)model).RowOf(Tastes.ColdLamp), other.RowOf(Tastes.ColdLamp));
        }

        Assert.Equal(Tastes.KeysFor(model, Tastes.Old, 10), Tastes.KeysFor(read, Tastes.Old, 10));
        Assert.True(read.IsSound());
    }

    [Fact]
    public void Train_NothingKnownBesideInteractions_PlacesNothing()
    {
        var model = (FactorModel)Registry.Create("implicit-als", Registry.Deserialize("implicit-als", "{}")).Train(Datasets.OfPurchases((1, 1), (1, 2), (2, 2)), new TrainingContext());

        Assert.False(((IColdScorer)model).PlacesItems);
        Assert.False(((IAttributeScorer)model).KnowsAttributes);
        Assert.Null(((IColdScorer)model).RowOf(Tastes.Lamp));
        Assert.False(((IColdScorer)model).TryScoreLater(new UserHistory(0), [], []));
    }

    [Fact]
    public void RowOf_ItemThatSaysNothingKnown_IsNull() => Assert.Null(((IColdScorer)Train("implicit-als")).RowOf(new ItemContent { Title = "Quux" }));

    [Fact]
    public void TryScoreLater_UserOfNoKnownHistory_IsFalse() => Assert.False(((IColdScorer)Train("implicit-als")).TryScoreLater(new UserHistory(-1), [], []));

    private static FactorModel Train(string name, bool coldStart = true)
    {
        var options = (FactorOptions)Registry.Deserialize(name, name == "svd++" || name == "biased-mf" || name == "nmf" ? """{"factors":8}""" : """{"factors":8,"epochs":20}""".Replace(name == "pure-svd" ? ""","epochs":20""" : " ", "", StringComparison.Ordinal));
        options.ColdStart = coldStart;
        return (FactorModel)Registry.Create(name, options).Train(Tastes.Dataset(Registry.TargetOf(name) == TrainerTarget.Ratings), new TrainingContext());
    }
}
