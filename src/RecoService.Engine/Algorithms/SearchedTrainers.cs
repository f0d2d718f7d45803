using System.Globalization;
using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Feedback;
using RecoService.Engine.Algorithms.GfCf;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.Neighbourhoods;
using RecoService.Engine.Algorithms.NonNegativeFactorization;
using RecoService.Engine.Algorithms.PolicyGradient;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Algorithms.RepeatBlend;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Algorithms.SvdPlusPlus;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Engine.Composition;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms;

/// <summary>
/// What the trainers of this library say of themselves to whoever picks one by trying: about what a training costs, and options that a search begins with. The latter did well on validation parts
/// of MovieLens 100K (dense), Amazon Beauty (sparse), and the invoices and the customers of Online Retail (baskets, customers).
/// </summary>
internal static class SearchedTrainers
{
    private static readonly DataShape Dense = DataShape.Even(943, 1_682, 80_000);
    private static readonly DataShape Sparse = DataShape.Even(22_363, 12_101, 176_139);
    private static readonly DataShape Baskets = DataShape.Even(18_405, 3_659, 393_104);
    private static readonly DataShape Customers = DataShape.Even(4_335, 3_659, 220_000);

    private static readonly string[] BasketReaders = ["personal-frequency", "tifu-knn", "up-cf"];

    /// <summary>The registry with what each trainer says; one that it does not know is passed over.</summary>
    public static TrainerRegistry AddTo(TrainerRegistry registry) => registry
        .With<PopularityOptions>(TrainerRegistry.Baseline, (_, data) => data.Pairs, isCheap: true, ("a fashion", new() { Count = PopularityCount.Users, HalfLifeDays = 7 }, Customers))
        .With<ItemKnnOptions>("item-knn", (_, data) => 4 * data.PairsByUser, isCheap: true,
            ("dense", new() { Weighting = Weighting.Bm25, Neighbours = 886, Shrinkage = 403 }, Dense),
            ("sparse", new() { Similarity = Similarity.Jaccard, Shrinkage = 28, Weighting = Weighting.Bm25, Neighbours = 23 }, Sparse))
        .With<Rp3BetaOptions>("rp3beta", (_, data) => 4 * data.PairsByUser, isCheap: true,
            ("dense", new() { Alpha = 0.8f, Beta = 0.6f, Neighbours = 300 }, Dense),
            ("sparse", new() { Alpha = 0.83f, Beta = 0.128f, Neighbours = 47 }, Sparse),
            ("baskets", new() { Alpha = 0.367f, Beta = 0.593f, Neighbours = 46 }, Baskets))
        .With<PureSvdOptions>("pure-svd", (options, data) => 5 * (options.PowerIterations + 2) * data.Pairs * (options.Factors + options.Oversampling), isCheap: true,
            ("dense", new() { Factors = 13 }, Dense),
            ("sparse", new() { Factors = 167, Binary = false }, Sparse),
            ("baskets", new() { Factors = 48 }, Baskets))
        .With<ImplicitAlsOptions>("implicit-als", OfAls, isCheap: true,
            ("dense", new() { Factors = 176, Regularization = 0.17f, RegularizationScale = RegularizationScale.Frequency, Alpha = 0.143f, Epochs = 26 }, Dense),
            ("sparse", new() { Factors = 192, Alpha = 20 }, Sparse),
            ("baskets", new() { Factors = 180, Regularization = 0.198f, RegularizationScale = RegularizationScale.MeanFrequency, Alpha = 0.135f, Epochs = 25 }, Baskets))
        .With<GfCfOptions>("gf-cf", (options, data) => (4 * data.PairsByUser) + (5 * (options.PowerIterations + 2) * data.Pairs * options.Factors) + (0.15 * data.Items * data.Items * options.Factors), isCheap: true)
        .With<UserKnnOptions>("user-knn", (_, data) => 20 * data.PairsByItem, isCheap: false,
            ("dense", new() { Similarity = Similarity.Dice, Neighbours = 129, Shrinkage = 0 }, Dense),
            ("sparse", new() { Similarity = Similarity.Dice, Neighbours = 421, Shrinkage = 0.1f }, Sparse))
        .With<EaseOptions>("ease", (options, data) => (4 * data.PairsByUser) + OfRegressions(data.Items, options.MaxItems, options.RestrictedNeighbours), isCheap: false,
            ("dense", new() { Regularization = 458 }, Dense),
            ("sparse", new() { Regularization = 200 }, Sparse))
        .With<SlimOptions>("slim", (_, data) => 30 * (data.PairsByUser + (data.Items * 10_000.0)), isCheap: false,
            ("dense", new() { L1Regularization = 1, L2Regularization = 250, Neighbours = 500, UserDiscount = 0.3f }, Dense),
            ("sparse", new() { L1Regularization = 0.175f, L2Regularization = 99, Neighbours = 99, UserDiscount = 0.295f }, Sparse))
        .With<SequenceOptions>("sequence", (options, data) => (8 * data.PairsByUser) + OfRegressions(data.Items, options.MaxItems, options.RestrictedNeighbours), isCheap: false,
            ("dense", new() { Regularization = 3_860, Decay = 0.982f, OrderFreeShare = 0.386f }, Dense),
            ("baskets", new() { Regularization = 500, Decay = 0.995f, OrderFreeShare = 0.6f }, Baskets))
        .With<SimpleXOptions>("simplex", OfSimpleX, isCheap: false,
            ("sparse", new() { NegativeWeight = 30 }, Sparse),
            ("baskets", new() { NegativeWeight = 100 }, Baskets))
        .With<BprOptions>("bpr", (options, data) => 4.0 * options.Epochs * data.Pairs * options.Factors, isCheap: false,
            ("dense", new() { Factors = 128, Epochs = 300, LearningRate = 0.01f, Regularization = 0.02f, NegativeExponent = 0 }, Dense),
            ("sparse", new() { Factors = 128 }, Sparse))
        .With<ContentOptions>("content", (_, data) => 100 * (data.Pairs + data.Items), isCheap: false,
            ("dense", new() { Weighting = TermWeighting.TfIdf, TitleWeight = 0.707f, DescriptionWeight = 2.46f, CategoryWeight = 1.2f, AttributeWeight = 1.61f, PriceWeight = 2, MaxItemShare = 1, Scale = HistoryScale.Linear, Decay = 1 }, Dense),
            ("sparse", new() { Weighting = TermWeighting.TfIdf, TitleWeight = 2.76f, DescriptionWeight = 1.84f, CategoryWeight = 1.83f, AttributeWeight = 3.5f, PriceWeight = 2, MaxItemShare = 0.0245f, Scale = HistoryScale.Binary, Decay = 0.683f }, Sparse),
            ("baskets", new() { Weighting = TermWeighting.TfIdf, TitleWeight = 1.55f, DescriptionWeight = 3.09f, CategoryWeight = 0.188f, AttributeWeight = 2.81f, PriceWeight = 1.41f, MaxItemShare = 0.147f, Scale = HistoryScale.Linear, Decay = 0.994f }, Customers))
        .With<BiasedMatrixFactorizationOptions>("biased-mf", (options, data) => 1.0 * options.Epochs * data.Pairs * options.Factors, isCheap: true,
            ("rated", new() { Epochs = 75, LearningRate = 0.0382f, LearningRateDecay = 0.937f, Regularization = 0.111f, BiasRegularization = 0.00543f }, Dense))
        .With<SvdPlusPlusOptions>("svd++", (options, data) => 1.0 * options.Epochs * data.Pairs * options.Factors, isCheap: false,
            ("rated", new() { Factors = 200, Epochs = 50, LearningRate = 0.007f, Regularization = 0.1f, BiasRegularization = 0.005f }, Dense))
        .With<NonNegativeFactorizationOptions>("nmf", (options, data) => 2.0 * options.Epochs * data.Pairs * options.Factors, isCheap: false,
            ("rated", new() { Factors = 36, Epochs = 181, Regularization = 0.123f }, Dense))
        .With<RatingKnnOptions>("rating-knn", (_, data) => 4 * data.PairsByUser, isCheap: true,
            ("rated", new() { Shrinkage = 1000, Neighbours = 25, UserRegularization = 7.33f, ItemRegularization = 2.54f }, Dense))
        .With<object>("personal-frequency", (_, data) => data.Pairs, isCheap: true)
        .With<object>("tifu-knn", (_, data) => 20 * data.PairsByItem, isCheap: false)
        .With<object>("up-cf", (_, data) => 20 * data.PairsByItem, isCheap: false)
        .With<object>("rating-user-knn", (_, data) => 4 * data.PairsByItem, isCheap: false)
        .With<object>("slope-one", (_, data) => 4 * data.PairsByUser, isCheap: true)
        .WithSearch("hybrid", new TrainerSearch { Compose = (options, best) => Blend((HybridOptions)options, best), Settle = (options, model) => WithWeights((HybridOptions)options, model) })
        .WithSearch("repeat-blend", new TrainerSearch { Compose = (options, best) => Merge((RepeatBlendOptions)options, best), Settle = (options, model) => WithShare((RepeatBlendOptions)options, model) })
        .WithSearch("logistic-regression", new TrainerSearch { Compose = Order, LearnFromLists = options => ((LinearRankingOptions)options).Feedback = FeedbackUse.Debiased })
        .WithSearch("linear-svm", new TrainerSearch { Compose = Order, LearnFromLists = options => ((LinearRankingOptions)options).Feedback = FeedbackUse.Debiased })
        .WithSearch("policy-gradient", new TrainerSearch { Compose = OrderByPolicy })
        .LearningFromLists<ImplicitAlsOptions>("implicit-als", options => options.Feedback = FeedbackUse.Debiased)
        .LearningFromLists<BprOptions>("bpr", options => options.Feedback = FeedbackUse.Debiased);

    private static TrainerRegistry LearningFromLists<TOptions>(this TrainerRegistry registry, string name, Action<TOptions> learn)
        where TOptions : class => registry.WithSearch(name, registry.SearchOf(name) with { LearnFromLists = options => learn((TOptions)options) });

    private static TrainerRegistry With<TOptions>(
        this TrainerRegistry registry, string name, Func<TOptions, DataShape, double> operations, bool isCheap, params (string Name, TOptions Options, DataShape FoundOn)[] starts)
        where TOptions : class => registry.WithSearch(name, new TrainerSearch
        {
            Operations = (options, data) => operations((TOptions)options, data),
            IsCheap = isCheap,
            Starts = [.. starts.Select(start => new StartingPoint(start.Name, start.Options, start.FoundOn))],
        });

    /// <summary>Of each item on all others at once, or in a larger catalogue on so many each.</summary>
    private static double OfRegressions(double items, int maxItems, int neighbours) =>
        items <= maxItems ? 0.03 * Math.Pow(items, 3) : 1.5 * items * neighbours * neighbours;

    private static double OfAls(ImplicitAlsOptions options, DataShape data)
    {
        var steps = options.Solver == AlsSolver.Exact ? options.Factors : 2.0 * options.ConjugateGradientSteps;
        return 0.2 * options.Epochs * steps * options.Factors * (data.Pairs + ((data.Users + data.Items) * options.Factors / 2.0));
    }

    /// <summary>The pairs one by one, and every user with what is drawn.</summary>
    private static double OfSimpleX(SimpleXOptions options, DataShape data) =>
        1.0 * options.Epochs * options.Factors * ((10 * data.Pairs) + (0.2 * data.Users * Math.Min(options.Negatives, data.Items)));

    private static HybridOptions Blend(HybridOptions options, IReadOnlyList<NamedOptions> best) => new()
    {
        Components = string.Join(',', best.Select(part => part.Trainer)),
        Fallbacks = options.Fallbacks,
        Trainers = Own(options.Trainers, best),
        ValidationCut = options.ValidationCut,
        ValidationFraction = options.ValidationFraction,
        ValidationRepeats = options.ValidationRepeats,
        ValidationUsers = options.ValidationUsers,
        CandidatesPerComponent = options.CandidatesPerComponent,
        CutOff = options.CutOff,
        Restarts = options.Restarts,
    };

    /// <summary>Own items by the best of those that read baskets. What is good with own items on the lists says little of who finds new ones, so that stays as it is configured.</summary>
    private static RepeatBlendOptions Merge(RepeatBlendOptions options, IReadOnlyList<NamedOptions> best)
    {
        var repeat = best.FirstOrDefault(part => BasketReaders.Contains(part.Trainer))?.Trainer ?? options.Repeat;
        return With(options, repeat, Own(options.Trainers, best.Where(part => part.Trainer == repeat || part.Trainer == options.ExploreName)), options.Share);
    }

    private static RepeatBlendOptions With(RepeatBlendOptions options, string repeat, Dictionary<string, object> trainers, float? share) => new()
    {
        Repeat = repeat,
        Explore = options.Explore,
        Share = share,
        Trainers = trainers,
        ValidationCut = options.ValidationCut,
        ValidationFraction = options.ValidationFraction,
        ValidationUsers = options.ValidationUsers,
        Candidates = options.Candidates,
        CutOff = options.CutOff,
    };

    /// <summary>The share that was learned, so that it need not be learned again.</summary>
    private static RepeatBlendOptions WithShare(RepeatBlendOptions options, IScorer model) =>
        model is ComposedModel { Ranker: RepeatMerge merge } ? With(options, options.Repeat, options.Trainers, merge.Share) : options;

    private static LinearRankingOptions Order(object configured, IReadOnlyList<NamedOptions> best)
    {
        var options = (LinearRankingOptions)configured;
        return new LinearRankingOptions
        {
            CandidateTrainer = best[0].Trainer,
            Trainers = Own(options.Trainers, best.Take(1)),
            Candidates = options.Candidates,
            NegativesPerPositive = options.NegativesPerPositive,
            ValidationCut = options.ValidationCut,
            ValidationFraction = options.ValidationFraction,
            ValidationUsers = options.ValidationUsers,
            Regularization = options.Regularization,
            Feedback = options.Feedback,
        };
    }

    private static PolicyGradientOptions OrderByPolicy(object configured, IReadOnlyList<NamedOptions> best)
    {
        var options = (PolicyGradientOptions)configured;
        return new PolicyGradientOptions
        {
            CandidateTrainer = best[0].Trainer,
            Trainers = Own(options.Trainers, best.Take(1)),
            Candidates = options.Candidates,
            ValidationCut = options.ValidationCut,
            ValidationFraction = options.ValidationFraction,
            ValidationUsers = options.ValidationUsers,
            ListLength = options.ListLength,
            WeightLimit = options.WeightLimit,
            Regularization = options.Regularization,
            Steps = options.Steps,
            LearningRate = options.LearningRate,
            MinEffectiveRounds = options.MinEffectiveRounds,
        };
    }

    private static Dictionary<string, object> Own(Dictionary<string, object> configured, IEnumerable<NamedOptions> best)
    {
        var options = new Dictionary<string, object>(configured, StringComparer.Ordinal);
        foreach (var part in best)
            options[part.Trainer] = part.Options;
        return options;
    }

    /// <summary>The weights that the blend has learned, so that it need not learn them again.</summary>
    private static HybridOptions WithWeights(HybridOptions options, IScorer model)
    {
        if (model is not ComposedModel { Ranker: WeightedBlend blend } composed || composed.Retrieving.Count == 0)
            return options;
        var settled = Blend(options, [.. composed.Retrieving.Select(part => new NamedOptions(part.Name, options.Trainers[part.Name]))]);
        settled.Weights = string.Join(',', blend.Weights.ToArray().Select(weight => weight.ToString("0.####", CultureInfo.InvariantCulture)));
        return settled;
    }
}
