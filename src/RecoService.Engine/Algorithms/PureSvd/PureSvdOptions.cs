using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Factors;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.PureSvd;

/// <summary>Hyperparameters of <see cref="PureSvdTrainer"/>.</summary>
public sealed class PureSvdOptions : FactorOptions
{
    /// <summary>Numbers per user and per item, at most as many as there are items; few are better here than for other factor models.</summary>
    [Range(1, 1024)]
    [Search(4, 256, Logarithmic = true)]
    public int Factors { get; set; } = 32;

    /// <summary>Directions searched beyond the factors kept; the more, the closer to the exact decomposition.</summary>
    [Range(0, 1024)]
    public int Oversampling { get; set; } = 10;

    /// <summary>How often the search is repeated from where it ended; the more, the closer to the exact decomposition.</summary>
    [Range(0, 100)]
    public int PowerIterations { get; set; } = 7;

    /// <summary>True counts every pair as 1; false uses the weights of the interactions.</summary>
    [Search]
    public bool Binary { get; set; } = true;
}
