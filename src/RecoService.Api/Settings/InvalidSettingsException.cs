namespace RecoService.Api.Settings;

/// <summary>The configuration cannot be used; every fault is named.</summary>
public sealed class InvalidSettingsException(IReadOnlyList<string> errors)
    : Exception($"The configuration has {errors.Count} {(errors.Count == 1 ? "error" : "errors")}:{string.Concat(errors.Select(error => $"{Environment.NewLine}  - {error}"))}")
{
    public IReadOnlyList<string> Errors { get; } = errors;
}
