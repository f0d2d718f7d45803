using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.Content;

public sealed class ContentTrainerTests : TrainerContract
{
    protected override double QualityFloor => 0.45;

    protected override bool KnowsUntouchedItems => true;

    protected override ITrainer CreateTrainer() => new ContentTrainer(new ContentOptions { MaxItemShare = 0.5f });

    /// <summary>The catalogue says which of three tastes an item is of, and a shape that has nothing to do with it.</summary>
    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time)
    {
        base.Like(builder, user, item, time);
        builder.AddContent(item, new ItemContent { Title = $"Taste{item / 20 % 3}", Attributes = [$"shape={item % 5}"] });
    }

    [Fact]
    public void Train_TfIdf_EqualsHandComputed()
    {
        // "oak" is in 2 of 3 items, "chair" in 2, "lamp" in 1: ln(3/2) = 0.4055, ln 3 = 1.0986. Item 0 says chair twice: (0.4055, 0.8109) / 0.9066.
        // Item 1: (0.4055, 1.0986) / 1.1710 over oak and lamp. Their cosine: 0.4055^2 / (0.9066 x 1.1710) = 0.1548; item 0 and 2 (chair alone): 0.8944.
        var model = Train(new ContentOptions { Weighting = TermWeighting.TfIdf, TitleWeight = 1, MaxItemShare = 1 }, Titles("Oak chair, CHAIR", "oak lamp", "chair"));

        Assert.Equal([0.4472f, 0.8944f], Rounded(model.ItemTerms.RowValues(0)));
        Assert.Equal([0.3462f, 0.9381f], Rounded(model.ItemTerms.RowValues(1)));
        Assert.Equal([float.NaN, 0.1548f, 0.8944f], Rounded(Scores(model, 0)));
    }

    [Fact]
    public void Train_Bm25_EqualsHandComputed()
    {
        // N = 3, n = 2, 1: idf ln(1 + 1.5 / 2.5) = 0.4700, ln(1 + 2.5 / 1.5) = 0.9808. Lengths 3, 2, 1, mean 2; k1 = 1, b = 0.5: for item 0 the factor is 0.5 + 0.5 x 1.5 = 1.25.
        // oak: 0.47 x 2 / (1 + 1.25) = 0.4178; chair, twice: 0.47 x 4 / (2 + 1.25) = 0.5785. Length 0.7136.
        // Item 1, factor 1: oak 0.47, lamp 0.9808, length 1.0876.
        var model = Train(new ContentOptions { TitleWeight = 1, MaxItemShare = 1, Saturation = 1, LengthNormalization = 0.5f }, Titles("Oak chair, CHAIR", "oak lamp", "chair"));

        Assert.Equal([0.5855f, 0.8107f], Rounded(model.ItemTerms.RowValues(0)));
        Assert.Equal([0.4321f, 0.9018f], Rounded(model.ItemTerms.RowValues(1)));
    }

    [Fact]
    public void Train_WordsOfAnyScript_AreLettersAndDigitsInARow()
    {
        // Two terms in common: "größe" and "42"; "x" is too short, and the emoji is no word.
        var model = Train(new ContentOptions { MaxItemShare = 1 }, Titles("GRÖSSE größe-42 x", "Größe 42! 😀 кофе", "КОФЕ"));

        Assert.Equal(3, model.ItemTerms.RowLength(0));
        Assert.Equal(3, model.ItemTerms.RowLength(1));
        Assert.Equal([true, true, false], Scores(model, 0).Select((score, item) => item == 0 || float.IsFinite(score)));
        Assert.True(float.IsFinite(Scores(model, 1)[2]));
    }

    [Fact]
    public void Train_EveryField_HasTermsOfItsOwn()
    {
        // The word, the category and the attribute's value are spelled alike and are three terms; the two words are one.
        var item = new ItemContent { Title = "Oak", Description = "oak", Categories = [" Oak"], Attributes = ["material=Oak"], Price = 9 };

        var model = Train(new ContentOptions { MaxItemShare = 1 }, Catalogue(item, new ItemContent { Title = "pine" }));

        Assert.Equal([4, 1], [model.ItemTerms.RowLength(0), model.ItemTerms.RowLength(1)]);
    }

    [Fact]
    public void Train_FieldOfWeightZero_IsNotRead()
    {
        var options = new ContentOptions { TitleWeight = 0, PriceWeight = 0, MaxItemShare = 1 };

        var model = Train(options, Catalogue(new ItemContent { Title = "oak", Attributes = ["a=1"], Price = 9 }, new ItemContent { Attributes = ["a=1"], Price = 9 }));

        Assert.Equal([1, 1], [model.ItemTerms.RowLength(0), model.ItemTerms.RowLength(1)]);
    }

    [Fact]
    public void Train_TermOfTooManyItems_IsLeftOut()
    {
        // "shop" is in 3 of 4 items, more than the half; "chair" in exactly the half.
        var model = Train(new ContentOptions { MaxItemShare = 0.5f }, Titles("shop chair", "shop chair", "shop lamp", "table"));

        Assert.Equal([1, 1, 1, 1], Enumerable.Range(0, 4).Select(model.ItemTerms.RowLength));
        Assert.Equal([float.NaN, 1, float.NaN, float.NaN], Scores(model, 0));
    }

    [Fact]
    public void Score_History_IsTheCosineOfItsSum()
    {
        // Unit vectors: item 0 (1, 0), item 1 (0, 1), item 2 both with equal weights: (0.7071, 0.7071). The newest counts 1, the other 0.5:
        // (0.5, 1) / 1.1180; with item 2: 1.5 x 0.7071 / 1.1180 = 0.9487.
        var options = new ContentOptions { MaxItemShare = 1, Decay = 0.5f, Scale = HistoryScale.Binary };
        var model = Train(options, Titles("oak", "pine", "oak pine"));
        var scores = new float[3];

        model.Score(new UserHistory(-1, [0, 1], [3, 8], [10, 20], [float.NaN, float.NaN]), [0, 1, 2], scores);
        Assert.Equal([0.4472f, 0.8944f, 0.9487f], Rounded(scores));

        // What he dislikes counts against its likes.
        model.Score(new UserHistory(-1, [0, 1], [3, -8], [10, 20], [float.NaN, float.NaN]), [0, 1, 2], scores);
        Assert.Equal([0.4472f, -0.8944f, -0.3162f], Rounded(scores));
    }

    [Fact]
    public void Retrieve_ItemNobodyTouched_IsListed()
    {
        var dataset = Titles("oak chair", "oak table", "pine lamp", "");
        var model = Train(new ContentOptions { MaxItemShare = 1 }, dataset);

        Assert.Equal([1], Retrieved(model, dataset, 0, [0b1], 4));
    }

    [Fact]
    public void RetrieveSimilarItems_OfAnItem_BestFirstWithoutItselfAndTheBlocked()
    {
        var model = Train(new ContentOptions { MaxItemShare = 1 }, Titles("oak chair", "oak chair round", "oak table", "pine lamp", ""));
        var best = new TopK(5);
        var items = new int[5];

        model.RetrieveSimilarItems(0, [], best);
        Assert.Equal([1, 2], items[..best.Drain(items, new float[5])]);

        model.RetrieveSimilarItems(0, [0b10], best);
        Assert.Equal([2], items[..best.Drain(items, new float[5])]);

        model.RetrieveSimilarItems(4, [], best);
        Assert.Equal(0, best.Count);
    }

    [Fact]
    public void Train_NoContent_SaysWhatToDo()
    {
        var exception = Assert.Throws<TrainingException>(() => Train(new ContentOptions(), Datasets.OfPurchases((1, 1), (1, 2))));
        Assert.Contains("import the catalogue", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_ContentThatTellsNothingApart_SaysWhatToDo()
    {
        var exception = Assert.Throws<TrainingException>(() => Train(new ContentOptions(), Titles("chair", "chair", "chair")));
        Assert.Contains("MaxItemShare", exception.Message, StringComparison.Ordinal);
    }

    private static ContentModel Train(ContentOptions options, InteractionDataset dataset) =>
        (ContentModel)new ContentTrainer(options).Train(dataset, new TrainingContext());

    private static InteractionDataset Titles(params string[] titles) => Catalogue([.. titles.Select(title => new ItemContent { Title = title })]);

    /// <summary>Items 0, 1, ... of which one user has bought the first.</summary>
    private static InteractionDataset Catalogue(params ItemContent[] items)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        builder.Add(0, 0, Datasets.Purchase, 0, 0);
        for (var item = 0; item < items.Length; item++)
            builder.AddContent(item, items[item]);
        return builder.Build();
    }

    /// <summary>The cosine of every item with one.</summary>
    private static float[] Scores(ContentModel model, int item)
    {
        var scores = new float[model.Items.Count];
        model.Score(new UserHistory(-1, [item], [1], [0], [float.NaN]), [.. Enumerable.Range(0, scores.Length)], scores);
        scores[item] = item == 0 ? float.NaN : scores[item];
        return scores;
    }

    private static float[] Rounded(ReadOnlySpan<float> values) => [.. values.ToArray().Select(value => MathF.Round(value, 4))];
}
