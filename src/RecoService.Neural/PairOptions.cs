namespace RecoService.Neural;

/// <summary>What can be set of the models of pairs; describe.json has the meanings.</summary>
internal sealed record PairOptions(
    int Factors, int Epochs, int BatchSize, float LearningRate, float Regularization, int Negatives, float ValidationFraction, int Patience, int Layers = 0, float Dropout = 0);
