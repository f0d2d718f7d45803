namespace RecoService.Api.Serving;

/// <summary>Something is asked for that is not loaded yet.</summary>
/// <param name="missing">What it takes.</param>
internal sealed class ServiceStartingException(string missing = "the catalogue") : Exception($"The service is starting and has not loaded {missing} yet.")
{
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);
}
