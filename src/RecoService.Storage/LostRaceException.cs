namespace RecoService.Storage;

/// <summary>A transaction met rows that another one took away; it may be run again.</summary>
internal sealed class LostRaceException(string message) : Exception(message);
