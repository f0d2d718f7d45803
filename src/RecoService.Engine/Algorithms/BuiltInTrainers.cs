using RecoService.Engine.Algorithms.BiasedMatrixFactorization;
using RecoService.Engine.Algorithms.Bpr;
using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Algorithms.GfCf;
using RecoService.Engine.Algorithms.Hybrid;
using RecoService.Engine.Algorithms.ImplicitAls;
using RecoService.Engine.Algorithms.ItemKnn;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Algorithms.LinearRanking;
using RecoService.Engine.Algorithms.NeuMf;
using RecoService.Engine.Algorithms.NonNegativeFactorization;
using RecoService.Engine.Algorithms.PersonalFrequency;
using RecoService.Engine.Algorithms.PolicyGradient;
using RecoService.Engine.Algorithms.Popularity;
using RecoService.Engine.Algorithms.PureSvd;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Algorithms.RatingKnn;
using RecoService.Engine.Algorithms.RatingUserKnn;
using RecoService.Engine.Algorithms.RepeatBlend;
using RecoService.Engine.Algorithms.Rp3Beta;
using RecoService.Engine.Algorithms.Sequence;
using RecoService.Engine.Algorithms.SequenceEncoders;
using RecoService.Engine.Algorithms.SimpleX;
using RecoService.Engine.Algorithms.Slim;
using RecoService.Engine.Algorithms.SlopeOne;
using RecoService.Engine.Algorithms.SvdPlusPlus;
using RecoService.Engine.Algorithms.TifuKnn;
using RecoService.Engine.Algorithms.UpCf;
using RecoService.Engine.Algorithms.UserKnn;
using RecoService.Engine.Composition;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms;

/// <summary>The trainers of this library; what <see cref="Training"/> is, knows none of them.</summary>
public static class BuiltInTrainers
{
    /// <summary>Every trainer of this library by the name that configuration uses.</summary>
    public static TrainerRegistry Registry { get; } = SearchedTrainers.AddTo(TrainerRegistry.Empty
        .With<ImplicitAlsOptions>("implicit-als", options => new ImplicitAlsTrainer(options), [FactorModel.Format, ImplicitAlsFoldIn.StoredAs])
        .With<BiasedMatrixFactorizationOptions>("biased-mf", options => new BiasedMatrixFactorizationTrainer(options), [FactorModel.Format, RatingFoldIn.StoredAs], TrainerTarget.Ratings)
        .With<PopularityOptions>(TrainerRegistry.Baseline, options => new PopularityTrainer(options), [PopularityModel.Format], roles: ModelRoles.Fallback)
        .With<EaseOptions>("ease", options => new EaseTrainer(options), [ItemWeightsModel.Format])
        .With<SlimOptions>("slim", options => new SlimTrainer(options), [ItemWeightsModel.Format])
        .With<PureSvdOptions>("pure-svd", options => new PureSvdTrainer(options), [FactorModel.Format, PureSvdFoldIn.StoredAs])
        .With<NonNegativeFactorizationOptions>("nmf", options => new NonNegativeFactorizationTrainer(options), [FactorModel.Format, RatingFoldIn.StoredAs], TrainerTarget.Ratings)
        .With<ContentOptions>("content", options => new ContentTrainer(options), [ContentModel.Format], roles: ModelRoles.ColdStart | ModelRoles.Similarity)
        .With<BprOptions>("bpr", options => new BprTrainer(options), [FactorModel.Format, BprFoldIn.StoredAs])
        .With<SvdPlusPlusOptions>("svd++", options => new SvdPlusPlusTrainer(options), [FactorModel.Format, RatingFoldIn.StoredAs], TrainerTarget.Ratings)
        .With<SequenceOptions>("sequence", options => new SequenceTrainer(options), [ItemWeightsModel.Format])
        .With<ItemKnnOptions>("item-knn", options => new ItemKnnTrainer(options), [ItemWeightsModel.Format])
        .With<Rp3BetaOptions>("rp3beta", options => new Rp3BetaTrainer(options), [ItemWeightsModel.Format])
        .With<GfCfOptions>("gf-cf", options => new GfCfTrainer(options), [ItemWeightsModel.Format])
        .With<UserKnnOptions>("user-knn", options => new UserKnnTrainer(options), [UserKnnModel.Format])
        .With<PersonalFrequencyOptions>(
            "personal-frequency", options => new PersonalFrequencyTrainer(options), [PersonalFrequencyModel.Format], roles: ModelRoles.Fallback, auto: AutoUse.WhereItemsRepeat)
        .With<TifuKnnOptions>("tifu-knn", options => new TifuKnnTrainer(options), [TifuKnnRule.StoredAs], roles: ModelRoles.Fallback, auto: AutoUse.WhereItemsRepeat)
        .With<UpCfOptions>("up-cf", options => new UpCfTrainer(options), [UpCfRule.StoredAs], roles: ModelRoles.Fallback, auto: AutoUse.WhereItemsRepeat)
        .With<RepeatBlendOptions>(
            "repeat-blend", (options, registry) => new RepeatBlendTrainer(options, registry), [ComposedModel.Format, RepeatMerge.Format], roles: ModelRoles.Fallback, auto: AutoUse.WhereItemsRepeat)
        .With<RatingKnnOptions>("rating-knn", options => new RatingKnnTrainer(options), [RatingKnnModel.Format], TrainerTarget.Ratings)
        .With<RatingUserKnnOptions>("rating-user-knn", options => new RatingUserKnnTrainer(options), [RatingUserKnnModel.Format], TrainerTarget.Ratings)
        .With<SimpleXOptions>("simplex", options => new SimpleXTrainer(options), [FactorModel.Format, SimpleXFoldIn.StoredAs])
        .With<SlopeOneOptions>("slope-one", options => new SlopeOneTrainer(options), [SlopeOneModel.Format], TrainerTarget.Ratings)
        .With<HybridOptions>("hybrid", (options, registry) => new HybridTrainer(options, registry), [ComposedModel.Format, WeightedBlend.Format])
        .With<LinearRankingOptions>("logistic-regression", (options, registry) => new LogisticRegressionTrainer(options, registry), [ComposedModel.Format, FeatureRanker.Format, LinearRankingFunction.Format, TreeRankingFunction.Format, FieldRankingFunction.Format])
        .With<LinearRankingOptions>("linear-svm", (options, registry) => new LinearSvmTrainer(options, registry), [ComposedModel.Format, FeatureRanker.Format, LinearRankingFunction.Format])
        .With<PolicyGradientOptions>(
            "policy-gradient", (options, registry) => new PolicyGradientTrainer(options, registry), [ComposedModel.Format, FeatureRanker.Format, LinearRankingFunction.Format], auto: AutoUse.AfterTheFirstModel)
        .WithFormats([.. SequenceModels.Formats, NeuMfModel.Format]));
}
