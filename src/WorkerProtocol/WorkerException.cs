namespace RecoService.WorkerProtocol;

/// <summary>There can be no model; the message is for the operator.</summary>
internal sealed class WorkerException(string message) : Exception(message);
