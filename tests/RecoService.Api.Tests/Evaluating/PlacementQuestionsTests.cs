using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;
using RecoService.Lab.Placements;

namespace RecoService.Api.Tests.Evaluating;

public sealed class PlacementQuestionsTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    [Fact]
    public void Baskets_OfRows_AreOrdersOrDays()
    {
        var days = Basket.In([Row("u", "b", Day + 5), Row("u", "a", Day + 1), Row("u", "a", Day + 9), Row("u", "c", (2 * Day) - 1), Row("u", "d", 2 * Day), Row("v", "a", Day)]);
        var orders = Basket.In([Row("u", "b", Day, "1"), Row("u", "a", Day, "2"), Row("u", "c", 3 * Day, "1"), Row("v", "a", 0, "1")]);

        Assert.Equal(["v 86400000 a", "u 86400001 a,b,c", "u 172800000 d"], days.Select(Text));
        Assert.Equal(["v 0 a", "u 86400000 a", "u 86400000 b,c"], orders.Select(Text));
    }

    [Theory]
    // Of ten baskets the newest two; those of one time stay together.
    [InlineData(0.2, 8)]
    [InlineData(0.25, 8)]
    [InlineData(0.35, 6)]
    [InlineData(0.01, 9)]
    public void Newest_AFraction_CutsBetweenTimes(double fraction, int train)
    {
        // Baskets 6 and 7 have one time.
        long[] times = [0, 1, 2, 3, 4, 5, 6, 6, 8, 9];
        var split = BasketSplit.Newest([.. times.Select((time, position) => new Basket($"u{position}", time, ["a"]))], fraction);

        Assert.Equal((train, 10 - train), (split.Train.Count, split.Test.Count));
        Assert.True(split.Train.All(basket => basket.Time < split.CutTime) && split.Test.All(basket => basket.Time >= split.CutTime));
    }

    [Fact]
    public void At_ATimeThatCutsNothing_IsAnError()
    {
        Basket[] baskets = [new("u", 1, ["a"]), new("u", 2, ["a"])];

        Assert.Throws<InvalidDataException>(() => BasketSplit.At(baskets, 1));
        Assert.Throws<InvalidDataException>(() => BasketSplit.At(baskets, 3));
        Assert.Throws<InvalidDataException>(() => BasketSplit.Newest([], 0.2));
    }

    [Fact]
    public void LeaveOneOut_OfEachBasket_OneKnownItemIsWantedAndOthersAreGiven()
    {
        var shop = new JudgedShop([new("u", 0, ["a", "b"]), new("v", 1, ["c", "d"])]);
        Basket[] test = [new("u", 5, ["a", "b", "c", "new"]), new("w", 6, ["a", "new"]), new("x", 7, ["a"]), new("y", 8, ["b", "d"])];

        var one = PlacementQuestions.LeaveOneOut(test, shop, isAboutOne: true, seed: 1);
        var all = PlacementQuestions.LeaveOneOut(test, shop, isAboutOne: false, seed: 1);

        Assert.Equal("4 test baskets: 1 hold a single item; 1 of the others hold fewer than two items that the training part knows; 2 are judged.", one.Note);
        Assert.Equal([("u", 5L, 2), ("y", 8L, 1)], all.Questions.Select(question => (question.UserId, question.Time, question.Given.Length)));
        foreach (var (single, several) in one.Questions.Zip(all.Questions))
        {
            Assert.Equal(several.Wanted, single.Wanted);
            Assert.Contains(Assert.Single(single.Given), several.Given);
            Assert.DoesNotContain(single.Wanted[0], several.Given);
        }

        // The three known items of the first basket, and no others.
        Assert.Equal(shop.IndexesOf(["a", "b", "c"]), all.Questions[0].Given.Concat(all.Questions[0].Wanted).Order());
        Assert.Equal(one.Questions.Select(question => question.Wanted[0]), PlacementQuestions.LeaveOneOut(test, shop, isAboutOne: true, seed: 1).Questions.Select(question => question.Wanted[0]));
        Assert.Equal(3, Enumerable.Range(0, 50).Select(seed => PlacementQuestions.LeaveOneOut(test, shop, isAboutOne: true, seed).Questions[0].Wanted[0]).Distinct().Count());
    }

    [Fact]
    public void FirstBaskets_OnlyRepeats_CountWhatTheUserHadBoughtBefore()
    {
        var shop = new JudgedShop([new("u", 0, ["a", "b"]), new("v", 1, ["c"])]);
        // The second basket of u is not looked at; v buys what only u had; w is new.
        Basket[] test = [new("u", 5, ["a", "c", "new"]), new("v", 6, ["a"]), new("u", 7, ["b"]), new("w", 8, ["a"])];

        var again = PlacementQuestions.FirstBaskets(test, shop, onlyRepeats: true);
        var next = PlacementQuestions.FirstBaskets(test, shop, onlyRepeats: false);

        Assert.Equal("3 users have a test basket: 1 are new, the first basket of 1 holds nothing that they had bought before; 1 are judged.", again.Note);
        Assert.Equal(("u", 5L), (Assert.Single(again.Questions).UserId, again.Questions[0].Time));
        Assert.Equal(shop.IndexesOf(["a"]), again.Questions[0].Wanted);
        Assert.Equal([shop.IndexesOf(["a", "c"]), shop.IndexesOf(["a"])], next.Questions.Select(question => question.Wanted));
    }

    [Fact]
    public void Baselines_HandComputed()
    {
        // u bought a on two days, b on two and later, c twice on one day and last.
        var shop = new JudgedShop([new("u", 0, ["a", "b"]), new("v", 0, ["a", "c"]), new("w", 0, ["a", "c"]), new("u", Day, ["a", "x"]), new("u", 3 * Day, ["b"]), new("u", 5 * Day, ["c"]), new("u", (5 * Day) + 1, ["c"])]);
        var question = new PlacementQuestion("u", 9 * Day, shop.IndexesOf(["a"]), shop.IndexesOf(["b"]));
        IEnumerable<string> Show(ListMaker maker) => maker.Make(question, 3).Select(shop.IdOf);

        Assert.Equal(["b", "a", "c"], Show(ListMaker.MostBought(shop)));
        Assert.Equal(["c", "b", "a"], Show(ListMaker.LastBought(shop)));
        // With a: c in two baskets, b and x in one each.
        Assert.Equal(["c", "b", "x"], Show(ListMaker.CoOccurrence(shop)));
        Assert.Empty(ListMaker.LastBought(shop).Make(question with { UserId = "nobody" }, 3));
    }

    [Fact]
    public void Judge_HandComputed()
    {
        // The first list has its item second, the second list has two of three, first and third, the third list nothing.
        PlacementQuestion[] questions = [new("u", 0, [0], [2]), new("v", 0, [0], [1, 4, 5]), new("w", 0, [0], [7])];
        var lists = new Dictionary<string, int[]> { ["u"] = [1, 2], ["v"] = [1, 3, 5], ["w"] = [] };

        var result = new PlacementJudge(TimeProvider.System).Judge(new ListMaker("any", (question, _) => lists[question.UserId]), questions, length: 3, itemCount: 8, threads: 2, TestContext.Current.CancellationToken);

        Assert.Equal(2 / 3.0, result.Values["hit rate@3"], 1e-9);
        Assert.Equal((0.5 + 1) / 3, result.Values["MRR@3"], 1e-9);
        Assert.Equal((1 + (2 / 3.0)) / 3, result.Values["recall@3"], 1e-9);
        Assert.Equal(4 / 8.0, result.Values["coverage@3"], 1e-9);
        var ideal = 1 + (1 / Math.Log2(3)) + 0.5;
        Assert.Equal(((1 / Math.Log2(3)) + (1.5 / ideal)) / 3, result.Values["nDCG@3"], 1e-9);
        Assert.Equal(RankingMetric.HitRate, PlacementProtocol.All[0].Headline);
    }

    private static FileInteraction Row(string user, string item, long time, string? order = null) => new(user, item, Time: time) { Order = order };

    private static string Text(Basket basket) => FormattableString.Invariant($"{basket.User} {basket.Time} {string.Join(',', basket.Items)}");
}
