namespace RecoService.Api.Workers;

/// <summary>A worker did not do what it has to; the message says what it did, for the operator.</summary>
internal sealed class WorkerException(string message) : Exception(message);
