using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Factors;

/// <summary>What every factor model can be told.</summary>
public abstract class FactorOptions
{
    /// <summary>Learns after the training where items and users without interactions belong: items by what the catalogue says of them, users by their attributes. What the model says of
    /// all others stays the same.</summary>
    public bool ColdStart { get; set; } = true;
}
