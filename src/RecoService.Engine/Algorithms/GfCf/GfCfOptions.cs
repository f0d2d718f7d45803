using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.GfCf;

/// <summary>Hyperparameters of <see cref="GfCfTrainer"/>.</summary>
public sealed class GfCfOptions
{
    /// <summary>How many of the smoothest directions of the graph the ideal filter lets through.</summary>
    [Range(1, 1024)]
    [Search(16, 256, Logarithmic = true)]
    public int Factors { get; set; } = 64;

    /// <summary>Weight of the ideal filter beside the linear one; 0 leaves it out.</summary>
    [Range(0.0, 100.0)]
    [Search(0, 2)]
    public float Alpha { get; set; } = 0.3f;

    /// <summary>How many weights of an item are kept, the largest above 0.</summary>
    [Range(1, 100_000)]
    [Search(30, 1000, Logarithmic = true)]
    public int Neighbours { get; set; } = 300;

    /// <summary>How often the randomized decomposition multiplies by the graph.</summary>
    [Range(0, 100)]
    public int PowerIterations { get; set; } = 4;
}
