namespace RecoService.Api.Serving;

/// <summary>Lists are asked for before the catalogue is loaded.</summary>
internal sealed class ServiceStartingException() : Exception("The service is starting and has not loaded the catalogue yet.")
{
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(2);
}
