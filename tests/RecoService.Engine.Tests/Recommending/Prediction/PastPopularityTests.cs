using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Engine.Tests.Recommending.Prediction;

public sealed class PastPopularityTests
{
    [Fact]
    public void AdvanceTo_AscendingTimes_CountsEachUserOfAnItemOnceFromTheFirstTimeOn()
    {
        var history = new BuiltHistory(
            Datasets.Of(
                (1, 0, Datasets.View, 0, 10), (1, 0, Datasets.Purchase, 0, 30), (1, 1, Datasets.View, 0, 40), (2, 0, Datasets.View, 0, 20), (2, 1, Datasets.Dislike, 0, 20),
                (2, 1, Datasets.View, 0, 60), (3, 0, Datasets.View, 0, 60)),
            ReadPoint.None);
        var popularity = new PastPopularity(history, from: 20);

        Assert.Equal((1, 0), At(20));
        Assert.Equal((2, 0), At(21));
        Assert.Equal((2, 0), At(40));
        Assert.Equal((2, 1), At(60));
        Assert.Equal((3, 2), At(61));
        Assert.Equal(0, popularity[2]);

        (int First, int Second) At(long time)
        {
            popularity.AdvanceTo(time);
            return (popularity[0], popularity[1]);
        }
    }
}
