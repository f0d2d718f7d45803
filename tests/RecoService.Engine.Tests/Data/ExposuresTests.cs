using FsCheck.Xunit;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Engine.Tests.Data;

public sealed class ExposuresTests
{
    private const long Never = Exposures.Untouched;

    [Fact]
    public void Build_ListsInAnyOrder_AreByUserAndTime()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(7, 100, Datasets.View, 0, 1);
        builder.Add(3, 200, Datasets.View, 0, 1);
        builder.AddShown(7, 20, [200, 100, 999], [Never, 25, Never], [1, 0.5f, 1]);
        builder.AddShown(3, 30, [100], [31]);
        builder.AddShown(7, 10, [100, 200], [Never, Never]);
        builder.AddShown(5, 10, [100], [Never]);

        var dataset = builder.Build();

        Assert.Equal(["30: 0+31"], TextsOf(dataset, 0));
        // Items 100 and 200 have the indexes 0 and 1; nobody knows 999, which keeps its place, nor user 5.
        Assert.Equal(["10: 0 1", "20: 1 0+25/0.5 -1"], TextsOf(dataset, 1));
        Assert.Equal((6, 3, true), (dataset.Exposures.Count, dataset.Exposures.ListCount, dataset.Exposures.HasDrawn));
    }

    [Fact]
    public void Build_NothingShown_IsNone()
    {
        var exposures = Datasets.OfPurchases((0, 0)).Exposures;

        Assert.Same(Exposures.None, exposures);
        Assert.Equal(0..0, exposures.ListsOf(0));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-0.5f)]
    [InlineData(1.5f)]
    [InlineData(float.NaN)]
    public void AddShown_NoPropensity_Throws(float propensity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionDatasetBuilder(InteractionKinds.Default).AddShown(1, 1, [1], [Never], [propensity]));

    [Fact]
    public void AddShown_PartsOfOtherLengths_Throws()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddShown(1, 1, [1, 2], [Never]));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.AddShown(1, 1, [1, 2], [Never, Never], [1]));
    }

    [Fact]
    public void SplitByTime_ListsAroundTheCut_TrainOnWhatWasKnownThen()
    {
        var split = Dataset().SplitByTime(0.5);

        Assert.Equal(35, split.CutTime);
        // The list of 20 was touched at 35, which is not before the cut.
        Assert.Equal(["5: 0+10 1", "20: 1 2"], TextsOf(split.Train, 0));
        Assert.Equal(["40: 0"], TextsOf(split.Holdout, 0));
        Assert.Equal([], TextsOf(split.Train, 1));
    }

    [Fact]
    public void Where_ByMarks_EndsEachUsersListsAtTheirFirstHeldOutInteraction()
    {
        // User 0 acts at 10, 20 and 35, user 1 at 50 and 60; the touch at 35 is held out, and nothing of user 1.
        var part = Dataset().Where([true, true, false, true, true]);

        Assert.Equal(["5: 0+10 1", "20: 1 2"], TextsOf(part, 0));
        Assert.Equal(["55: 2+60"], TextsOf(part, 1));
        // Nothing is newer than 10, and so nobody was shown anything later.
        var oldest = Dataset().Where([true, false, false, false, false]);
        Assert.Equal(["5: 0+10 1"], TextsOf(oldest, 0));
        Assert.Equal([], TextsOf(oldest, 1));
        Assert.Equal(0, Dataset().Where([false, false, false, false, false]).Exposures.Count);
    }

    [Fact]
    public void Build_UndoneInteractions_KeepsTheLists()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.Purchase, 0, 1);
        builder.Add(0, 0, Datasets.KindIndex("return"), 0, 2);
        builder.Add(0, 1, Datasets.View, 0, 3);
        builder.AddShown(0, 50, [0, 1], [Never, 51]);

        Assert.Equal(["50: 0 1+51"], TextsOf(builder.Build(), 0));
    }

    /// <summary>Whatever is cut from the data, nothing that a user was shown or touched after their first held-out interaction is left.</summary>
    [Property]
    public bool Where_AnyMarks_LeavesNothingOfLater(byte[] times, byte[] shownAt, bool[] marks)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var (time, position) in times.Select((time, position) => (time, position)))
            builder.Add(position % 3, position % 5, Datasets.View, 0, time);
        foreach (var (time, position) in shownAt.Select((time, position) => (time, position)))
            builder.AddShown(position % 3, time, [position % 5], [time % 2 == 0 ? Never : time + 20]);
        var dataset = builder.Build();
        bool[] wanted = [.. Enumerable.Range(0, dataset.Count).Select(position => marks.Length > 0 && marks[position % marks.Length])];

        var part = dataset.Where(wanted);

        var start = 0;
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var own = wanted.AsSpan(start, dataset.UserCount(user));
            start += own.Length;
            var end = own.IndexOf(false) is >= 0 and var first ? dataset.UserTimes(user)[first] : (part.LatestTime ?? 0) + 1;
            var lists = part.Exposures.ListsOf(user);
            for (var list = lists.Start.Value; list < lists.End.Value; list++)
            {
                if (part.Exposures.ShownAt(list) >= end || (part.Exposures.IsTouched(list, 0) && part.Exposures.TouchedAt(list, 0) >= end))
                    return false;
            }
        }

        return true;
    }

    [Fact]
    public void HoldoutCut_LastItems_KeepsListsBeforeThem()
    {
        // All is of one time, so the last item of the user is held out, and every list of that time with it.
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < 3; item++)
            builder.Add(0, item, Datasets.View, 0, 100);
        builder.AddShown(0, 99, [1], [Never]);
        builder.AddShown(0, 100, [2], [Never]);

        var split = HoldoutCut.Of(builder.Build(), 0.1, 1, seed: 1);

        Assert.Null(split.CutTime);
        Assert.Equal(["99: 1"], TextsOf(split.Train, 0));
    }

    /// <summary>User 0 acts at 10, 20 and 35, user 1 at 50 and 60: the time of the middle one is the cut.</summary>
    private static InteractionDataset Dataset()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.View, 0, 10);
        builder.Add(0, 1, Datasets.View, 0, 20);
        builder.Add(0, 2, Datasets.View, 0, 35);
        builder.Add(1, 0, Datasets.View, 0, 50);
        builder.Add(1, 2, Datasets.View, 0, 60);
        builder.AddShown(0, 5, [0, 1], [10, Never]);
        builder.AddShown(0, 20, [1, 2], [Never, 35]);
        builder.AddShown(0, 40, [0], [Never]);
        builder.AddShown(1, 55, [2], [60]);
        return builder.Build();
    }

    private static string[] TextsOf(InteractionDataset dataset, int user)
    {
        var exposures = dataset.Exposures;
        var (first, end) = (exposures.ListsOf(user).Start.Value, exposures.ListsOf(user).End.Value);
        return
        [
            .. Enumerable.Range(first, end - first).Select(list => $"{exposures.ShownAt(list)}: {string.Join(' ', exposures.ItemsOf(list).ToArray().Select((item, place) =>
                $"{item}{(exposures.IsTouched(list, place) ? $"+{exposures.TouchedAt(list, place)}" : "")}{(exposures.PropensityAt(list, place) is < 1 and var drawn ? FormattableString.Invariant($"/{drawn}") : "")}"))}"),
        ];
    }
}
