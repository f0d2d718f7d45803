using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.RealData;

/// <summary>The preset <c>online-retail</c>: first purchases, items that nobody had bought before, and baskets.</summary>
public sealed class OnlineRetailTests
{
    private const int FirstPurchases = 0;
    private const int NewItems = 1;

    private static PresetData Preset => PresetData.Of("online-retail");

    [Fact]
    public void Evaluate_Hybrid_IsTheBestOrEqualToIt()
    {
        var hybrid = Preset.Evaluate("hybrid").At(10);

        foreach (var rival in new[] { "sequence", "ease", "slim", "implicit-als" })
            Assert.InRange(OfflineEvaluator.Compare(hybrid, Preset.Evaluate(rival).At(10)).Interval.High, 0, 1);
    }

    [Fact]
    public void Evaluate_ItemsFirstSoldLater_AreFoundByContentAlone()
    {
        Assert.InRange(Preset.Evaluate("content", NewItems).Values["recall@10"], 0.1, 1);
        foreach (var rival in new[] { "popularity", "item-knn", "implicit-als", "ease" })
            Assert.Equal(0, Preset.Evaluate(rival, NewItems).Values["recall@10"]);
    }

    [Theory]
    [InlineData("sequence", 0.095)]
    [InlineData("ease", 0.095)]
    [InlineData("implicit-als", 0.09)]
    [InlineData("simplex", 0.085)]
    [InlineData("item-knn", 0.08)]
    [InlineData("user-knn", 0.08)]
    [InlineData("rp3beta", 0.07)]
    [InlineData("content", 0.07)]
    public void Evaluate_FirstPurchases_StaysAboveTheFloor(string trainer, double floor) =>
        Assert.InRange(Preset.Evaluate(trainer, FirstPurchases).Values["nDCG@10"], floor, 0.3);
}
