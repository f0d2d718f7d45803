using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Numerics;
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Algorithms.BiasedMatrixFactorization;

public sealed class BiasedMatrixFactorizationTrainerTests : FoldInContract
{
    protected override double QualityFloor => 0.45;

    protected override int NewTasteFloor => 0;

    protected override ITrainer CreateTrainer() =>
        new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Factors = 8, Epochs = 100, LearningRate = 0.05f, Regularization = 0.02f });

    protected override void Like(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 5, time);

    protected override void Ignore(InteractionDatasetBuilder builder, int user, int item, long time) => builder.Add(user, item, Datasets.Rating, 1, time);

    protected override void Dislike(InteractionDatasetBuilder builder, int user, int item, long time) => Ignore(builder, user, item, time);

    [Fact]
    public void Train_InteractionsWithoutRatings_SaysWhatToUseInstead()
    {
        var exception = Assert.Throws<TrainingException>(() => CreateTrainer().Train(Datasets.OfPurchases((1, 1)), new TrainingContext()));
        Assert.Contains("implicit-als", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LearningRateTooHigh_SaysWhatToLower()
    {
        var trainer = new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { LearningRate = 1, Epochs = 200 });
        var exception = Assert.Throws<TrainingException>(() => trainer.Train(PlantedTastes().Train, new TrainingContext()));
        Assert.Contains("LearningRate", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AdditiveRatings_BiasesAloneRecoverThem()
    {
        // r(u, i) = 3 + 0.5 a(u) + 0.5 b(i) with a, b in {-1, 1}: nothing but biases, and one rating in seven withheld.
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 20; user++)
        {
            for (var item = 0; item < 20; item++)
                builder.Add(user, item, Datasets.Rating, 3 + (user % 2 == 0 ? 0.5f : -0.5f) + (item % 2 == 0 ? 0.5f : -0.5f), (user + item) % 7);
        }

        var all = builder.Build();
        var trainer = new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Factors = 0, Epochs = 200, LearningRate = 0.05f, BiasRegularization = 0 });
        var model = trainer.Train(all.Where(time => time < 6), new TrainingContext());

        Assert.InRange(OfflineEvaluator.EvaluateRatings(model, all.Where(time => time < 6), all.Where(time => time == 6).Ratings).Rmse, 0, 0.01);
    }

    [Fact]
    public void Train_PlantedRatings_IsAsGoodAsASequentialRun()
    {
        var all = PlantedRatings();
        var train = all.Where(time => time > 0);
        var test = all.Where(time => time == 0).Ratings;
        var options = new BiasedMatrixFactorizationOptions { Factors = 16, Epochs = 20, LearningRate = 0.02f, Regularization = 0.05f };
        var biasesAlone = new BiasedMatrixFactorizationOptions { Factors = 0, Epochs = 20 };

        var sequential = OfflineEvaluator.EvaluateRatings(SequentialSgd.Train(train, options, seed: 42), train, test).Rmse;
        var biases = OfflineEvaluator.EvaluateRatings(new BiasedMatrixFactorizationTrainer(biasesAlone).Train(train, new TrainingContext()), train, test).Rmse;
        var parallel = OfflineEvaluator.EvaluateRatings(new BiasedMatrixFactorizationTrainer(options).Train(train, new TrainingContext(2)), train, test).Rmse;

        TestContext.Current.TestOutputHelper?.WriteLine(FormattableString.Invariant($"RMSE {parallel:F4}, sequential {sequential:F4}, biases alone {biases:F4}"));
        Assert.InRange(parallel, 0, sequential + 0.01);
        Assert.InRange(parallel, 0, biases - 0.1);
    }

    [Fact]
    public void Score_NoFactors_UnknownIsStillNaN()
    {
        var dataset = Datasets.Of((1, 1, Datasets.Rating, 4, 0), (2, 2, Datasets.Rating, 4, 9)).Where(time => time == 0);
        var model = new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Factors = 0 }).Train(dataset, new TrainingContext());

        Assert.True(float.IsFinite(ScoresOf(model, 0)[0]));
        Assert.True(float.IsNaN(ScoresOf(model, 0)[1]));
        Assert.All(ScoresOf(model, 1), score => Assert.True(float.IsNaN(score)));
        Assert.Empty(Retrieved(model, 1, [], 2));
        Assert.Equal([0], Retrieved(model, 0, [], 2));
        Assert.All(ScoresOf(model.Rebase(KeyMap.FromAscending([5]), dataset.Items), 0), score => Assert.True(float.IsNaN(score)));
    }

    [Fact]
    public void Block_AnyStratum_SharesNoUserAndNoItemWithItsOtherBlocks()
    {
        var ratings = ManyRatings();
        var strata = new RatingStrata(ratings);
        var visited = 0;
        Assert.True(strata.Grid > 2);
        for (var stratum = 0; stratum < strata.Grid; stratum++)
        {
            var blockOfUser = new Dictionary<int, int>();
            var blockOfItem = new Dictionary<int, int>();
            for (var block = 0; block < strata.Grid; block++)
            {
                foreach (var entry in strata.Block(stratum, block))
                {
                    visited++;
                    Assert.Equal(block, blockOfUser.TryGetValue(entry.User, out var userBlock) ? userBlock : blockOfUser[entry.User] = block);
                    Assert.Equal(block, blockOfItem.TryGetValue(entry.Item, out var itemBlock) ? itemBlock : blockOfItem[entry.Item] = block);
                }
            }
        }

        Assert.Equal(ratings.NonZeroCount, visited);
    }

    [Fact]
    public void Train_SeveralBlocksPerStratum_ThreadCountDoesNotMatter()
    {
        var ratings = ManyRatings();
        var dataset = Datasets.Of([.. ratings.Entries().Select(entry => (entry.Row, entry.Column, Datasets.Rating, entry.Value, 0L))]);
        var trainer = new BiasedMatrixFactorizationTrainer(new BiasedMatrixFactorizationOptions { Factors = 5, Epochs = 2 });

        Assert.Equal(AllScores(trainer.Train(dataset, new TrainingContext(1)), dataset), AllScores(trainer.Train(dataset, new TrainingContext(4)), dataset));
    }

    /// <summary>1,000 users, 400 items, about 100 ratings per user: 3, a product of four planted factors and noise. A time of 0 is one rating in eight, to be held out.</summary>
    private static InteractionDataset PlantedRatings()
    {
        const int Planted = 4;
        var random = new SeededRandom(7, 0);
        var users = Datasets.Floats(1_000 * Planted, seed: 1);
        var items = Datasets.Floats(400 * Planted, seed: 2);
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var user = 0; user < 1_000; user++)
        {
            for (var item = 0; item < 400; item++)
            {
                if (random.Next(4) == 0)
                    builder.Add(user, item, Datasets.Rating, 3 + (0.35f * VectorMath.Dot(users.AsSpan(user * Planted, Planted), items.AsSpan(item * Planted, Planted))) + (0.4f * random.NextGaussian()), random.Next(8));
            }
        }

        return builder.Build();
    }

    private static SparseMatrix ManyRatings()
    {
        var random = new SeededRandom(3, 0);
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<float>());
        for (var user = 0; user < 300; user++)
        {
            for (var item = 0; item < 150; item++)
            {
                if (random.Next(150) < 150 - item)
                {
                    rows.Add(user);
                    columns.Add(item);
                    values.Add(1 + random.Next(5));
                }
            }
        }

        return SparseMatrix.FromEntries(300, 150, [.. rows], [.. columns], [.. values]);
    }
}
