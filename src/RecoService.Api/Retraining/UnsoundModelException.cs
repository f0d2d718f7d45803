namespace RecoService.Api.Retraining;

/// <summary>A trained model holds values that are not finite; the run is refused, forced or not.</summary>
internal sealed class UnsoundModelException(string trainer)
    : Exception($"The model of trainer '{trainer}' holds values that are not finite; lower its learning rate or raise its regularization.");
