namespace RecoService.Neural;

/// <summary>What can be set of both models of order; describe.json has the meanings.</summary>
internal sealed record SequenceOptions(
    int Factors, int MaxLength, int Epochs, int BatchSize, float LearningRate, float Dropout, string Loss, int Negatives, float Calibration, float ValidationFraction, int Patience,
    int Blocks = 1, int Heads = 1, int Inner = 1, int Hidden = 1);
