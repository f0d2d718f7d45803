using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Factors;

public sealed class HistoryFingerprintTests
{
    private static readonly InteractionDataset Dataset = Datasets.Of(
        (1, 1, Datasets.View, 0, 10), (1, 2, Datasets.Dislike, 0, 20), (1, 1, Datasets.View, 0, 30), (1, 3, Datasets.Rating, 4, 40), (2, 2, Datasets.View, 0, 50));

    private static readonly HistoryNeeds[] Aspects = [HistoryNeeds.None, HistoryNeeds.Times, HistoryNeeds.Ratings];

    [Fact]
    public void OfAll_EveryAspect_EqualsThatOfTheHistory()
    {
        var model = Model();
        foreach (var aspect in Aspects)
        {
            var all = HistoryFingerprint.OfAll(Dataset, model, aspect, new TrainingContext(2));
            Assert.Equal([HistoryFingerprint.Of(Dataset.HistoryOf(0), model, aspect), HistoryFingerprint.Of(Dataset.HistoryOf(1), model, aspect)], all);
            Assert.NotEqual(all[0], all[1]);
        }
    }

    [Fact]
    public void Of_OneChange_IsSeenByTheAspectsItConcernsAlone()
    {
        // Before: items 0 and 2, for and against, at 30 and 40, the second rated 4.
        Assert.Equal("None", Unmoved([0, 2], [2, -5], [31, 41], [float.NaN, 5]));
        Assert.Equal("None Ratings", Unmoved([0, 2], [5, -1], [30, 41], [float.NaN, 4]));
        Assert.Equal("Times Ratings", Unmoved([0, 2], [1, 1], [30, 40], [float.NaN, 4]));
        Assert.Equal("Ratings", Unmoved([0, 1, 2], [1, 1, -1], [30, 35, 40], [float.NaN, float.NaN, 4]));
        Assert.Equal("", Unmoved([0, 1], [1, -1], [30, 40], [float.NaN, 4]));
    }

    [Fact]
    public void Of_ItemTheModelDoesNotKnow_IsNoPartOfIt()
    {
        var model = Model(unknown: 1);
        foreach (var aspect in Aspects)
        {
            Assert.Equal(
                HistoryFingerprint.Of(new UserHistory(0, [0], [1], [30], [4]), model, aspect),
                HistoryFingerprint.Of(new UserHistory(0, [0, 1], [1, 1], [30, 50], [4, 3]), model, aspect));
        }
    }

    /// <summary>The aspects by which a history is the same as before.</summary>
    private static string Unmoved(int[] items, float[] weights, long[] times, float[] ratings)
    {
        var model = Model();
        return string.Join(' ', Aspects.Where(aspect =>
            HistoryFingerprint.Of(new UserHistory(0, [0, 2], [1, -1], [30, 40], [float.NaN, 4]), model, aspect)
            == HistoryFingerprint.Of(new UserHistory(0, items, weights, times, ratings), model, aspect)));
    }

    private static FactorModel Model(int unknown = -1)
    {
        var items = new FactorMatrix(3, 1);
        if (unknown >= 0)
            items.Row(unknown).Fill(float.NaN);
        return new FactorModel(Dataset.Users, Dataset.Items, new FactorMatrix(2, 1), items);
    }
}
