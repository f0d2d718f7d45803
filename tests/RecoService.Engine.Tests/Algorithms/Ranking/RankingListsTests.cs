using RecoService.Engine.Algorithms.Ranking;

namespace RecoService.Engine.Tests.Algorithms.Ranking;

public sealed class RankingListsTests
{
    [Fact]
    public void EqualWeights_ListsOfOneAndTwoTaken_AddUpToTheSameTaken()
    {
        // The first list has 1 taken of 2 rows, the second 2 of 4: 1 and 1/2 a row, and the mean of 1, 1, 1/2, 1/2, 1/2, 1/2 is 2/3.
        var lists = new RankingLists([0, 2, 6], [3, 5], [0, 1, 0, 1, 2, 3], [true, false, true, true, false, false], new float[6 * UserItemFeatures.Count]);

        Assert.Equal([1.5f, 1.5f, 0.75f, 0.75f, 0.75f, 0.75f], lists.EqualWeights());
    }
}
