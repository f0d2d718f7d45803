using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Factors;

public sealed class FactorModelTests
{
    private static readonly KeyMap Users = KeyMap.FromAscending([10, 20]);
    private static readonly KeyMap Items = KeyMap.FromAscending([1, 2, 3]);

    [Fact]
    public void Score_KnownPair_EqualsHandComputed()
    {
        var model = Model();
        var scores = new float[2];

        model.Score(0, [2, 0], scores);

        // 3 + 0.5 + 0.3 + (1, 2).(5, 6) = 20.8 and 3 + 0.5 + 0.1 + (1, 2).(1, 2) = 8.6.
        Assert.Equal(20.8f, scores[0], 1e-5f);
        Assert.Equal(8.6f, scores[1], 1e-5f);
    }

    [Fact]
    public void Baseline_UnknownSides_AddsWhatIsKnown()
    {
        IRatingScorer model = new FactorModel(Users, Items, new FactorMatrix(2, 1), new FactorMatrix(3, 1), 3, [0.5f, float.NaN], [0.1f, 0.2f, float.NaN]);
        Assert.Equal(3.6f, model.Baseline(new UserHistory(0), 0), 1e-6f);
        Assert.Equal(3.2f, model.Baseline(new UserHistory(1), 1), 1e-6f);
        Assert.Equal(3.5f, model.Baseline(new UserHistory(0), 2), 1e-6f);
        Assert.Equal(3f, model.Baseline(new UserHistory(-1), 2), 1e-6f);
    }

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(float.NaN, float.NaN, true)]
    [InlineData(1, float.NaN, false)]
    [InlineData(float.NaN, 2, false)]
    [InlineData(1, float.PositiveInfinity, false)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity, false)]
    public void IsSound_RowOfFactors_IsWhollyFiniteOrWhollyUnknown(float first, float second, bool expected)
    {
        FactorMatrix sound = new(3, 2), asked = new(2, 2, [1, 2, first, second]);

        Assert.Equal(expected, new FactorModel(Users, Items, asked, sound).IsSound());
        Assert.Equal(expected, new FactorModel(Items, Users, sound, asked).IsSound());
    }

    [Fact]
    public void IsSound_InfiniteMeanOrBias_IsNot()
    {
        FactorMatrix users = new(2, 1), items = new(3, 1);

        Assert.True(new FactorModel(Users, Items, users, items, 3, [0, float.NaN], [0, 0, 0]).IsSound());
        Assert.False(new FactorModel(Users, Items, users, items, float.NaN).IsSound());
        Assert.False(new FactorModel(Users, Items, users, items, 3, [0, float.PositiveInfinity], [0, 0, 0]).IsSound());
        Assert.False(new FactorModel(Users, Items, users, items, 3, [0, 0], [0, 0, float.NegativeInfinity]).IsSound());
    }

    [Fact]
    public void Rebase_ToTheSameKeys_ScoresTheSame()
    {
        var model = Model();
        var rebased = model.Rebase(KeyMap.FromAscending([10, 20]), KeyMap.FromAscending([1, 2, 3]));
        var (expected, actual) = (new float[3], new float[3]);
        model.Score(1, [0, 1, 2], expected);
        rebased.Score(1, [0, 1, 2], actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Rebase_EmptyModel_KnowsNothing(int factors)
    {
        var empty = new FactorModel(KeyMap.Empty, KeyMap.Empty, new FactorMatrix(0, factors), new FactorMatrix(0, factors));
        var scores = new float[3];
        empty.Rebase(Users, Items).Score(1, [0, 1, 2], scores);
        Assert.All(scores, score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Constructor_ShapesThatDoNotMatch_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactorModel(Users, Items, new FactorMatrix(1, 2), new FactorMatrix(3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactorModel(Users, Items, new FactorMatrix(2, 2), new FactorMatrix(2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FactorModel(Users, Items, new FactorMatrix(2, 2), new FactorMatrix(3, 1)));
        Assert.Throws<ArgumentException>(() => new FactorModel(Users, Items, new FactorMatrix(2, 2), new FactorMatrix(3, 2), 0, [1]));
    }

    private static FactorModel Model() => new(
        Users, Items, new FactorMatrix(2, 2, [1, 2, 3, 4]), new FactorMatrix(3, 2, [1, 2, 3, 4, 5, 6]), 3, [0.5f, 0.6f], [0.1f, 0.2f, 0.3f]);
}
