using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>There is no training plan of that name.</summary>
internal sealed class TrainingPlanException(string name, IEnumerable<string> known)
    : Exception($"There is no training plan '{name}'; there are: {string.Join(", ", known.Order(StringComparer.Ordinal).Prepend(ModelRun.DefaultPlan))}.");
