using RecoService.Engine.Data;
using RecoService.Engine.Recommending;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Settings;

/// <summary>What is set for one shop. The rest of <see cref="RecoSettings"/> is set for the process.</summary>
/// <param name="Storage">Its database.</param>
/// <param name="Kinds">What its users can do.</param>
/// <param name="Recommendations">Its lists.</param>
/// <param name="Placements">Where its lists are shown.</param>
/// <param name="Catalogue">Bounds of what is kept in memory of its items.</param>
/// <param name="Profiles">How its users and items are described.</param>
/// <param name="Attribution">What counts as what came of its lists.</param>
/// <param name="Experiments">When reports of its experiments raise an alarm.</param>
/// <param name="Prediction">What its probabilities are learned from.</param>
/// <param name="Retraining">Its model runs.</param>
/// <param name="Trainers">Hyperparameters by trainer name.</param>
/// <param name="Security">Who may call.</param>
/// <param name="Demo">Whether an empty store is filled.</param>
/// <param name="DataHealth">When its data are looked through.</param>
/// <param name="Privacy">What its erasures are held to.</param>
/// <param name="RetentionDays">For how many days interactions are kept, by kind; others are kept for ever.</param>
internal sealed record ShopSettings(
    StoreSettings Storage, InteractionKinds Kinds, RecommendationSettings Recommendations, IReadOnlyList<Placement> Placements, CatalogueSettings Catalogue, ProfileSettings Profiles, AttributionSettings Attribution, ExperimentSettings Experiments, PredictionSettings Prediction, RetrainingSettings Retraining,
    Dictionary<string, object> Trainers, SecuritySettings Security, DemoSettings Demo, DataHealthSettings DataHealth, PrivacySettings Privacy, IReadOnlyDictionary<string, int> RetentionDays)
{
    /// <summary>Of the shop that a configuration describes.</summary>
    public static ShopSettings Of(RecoSettings settings) => new(
        settings.Storage, SettingsExtensions.KindsOf(settings.Interactions), settings.Recommendations, PlacementSettings.All(settings.Placements, settings.Recommendations.NewItemShare), settings.Catalogue, settings.Profiles, settings.Attribution, settings.Experiments, settings.Prediction, settings.Retraining, settings.Trainers, settings.Security,
        settings.Demo, settings.DataHealth, settings.Privacy,
        settings.Interactions.Kinds.Where(kind => kind.Value.RetentionDays is not null).ToDictionary(kind => kind.Key, kind => kind.Value.RetentionDays!.Value, StringComparer.Ordinal));

    /// <summary>Which of its lists a training learns from that begins at this time.</summary>
    public ExposureWindow ExposuresAt(DateTimeOffset now) => new(now - Retraining.ShownItemsWindow, now - Prediction.OutcomeDelay, Retraining.MaxShownItems);
}
