using RecoService.Engine.Training;

namespace RecoService.Engine.Computing;

/// <summary>Training could not give a usable model; the message is written for the operator.</summary>
public sealed class TrainingException(string message) : Exception(message);
