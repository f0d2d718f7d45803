namespace RecoService.Lab.Evaluating;

/// <summary>The words of the command line do not fit together; the message says what to give instead.</summary>
internal sealed class EvaluationArgumentException(string message) : Exception(message);
