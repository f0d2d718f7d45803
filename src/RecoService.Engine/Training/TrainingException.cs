namespace RecoService.Engine.Training;

/// <summary>Training could not give a usable model; the message is written for the operator.</summary>
public sealed class TrainingException(string message) : Exception(message);
