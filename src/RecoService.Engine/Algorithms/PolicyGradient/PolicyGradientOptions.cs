using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.PolicyGradient;

/// <summary>Hyperparameters of <see cref="PolicyGradientTrainer"/>.</summary>
public sealed class PolicyGradientOptions : TwoStageOptions
{
    /// <summary>K: the length of the lists for which it learns. What is sure to be among so many is not made surer, so that the policy learns of more items.</summary>
    [Range(1, 1000)]
    public int ListLength { get; set; } = 10;

    /// <summary>The most that one drawn place may count, in places of the logged policy.</summary>
    [Range(0.01, 1e6)]
    public float WeightLimit { get; set; } = 10f;

    /// <summary>Weight of half the squared distance from the first stage's order, in touched places. A log of few touches needs much: a policy that draws little else than what was touched looks better than it is.</summary>
    [Range(1e-6, 1e6)]
    [Search(10, 10_000, Logarithmic = true)]
    public float Regularization { get; set; } = 500f;

    /// <summary>How many steps of gradient ascent.</summary>
    [Range(1, 100_000)]
    [Resource]
    public int Steps { get; set; } = 150;

    /// <summary>The size of a step, in deviations of a feature.</summary>
    [Range(1e-6, 1.0)]
    public float LearningRate { get; set; } = 0.05f;

    /// <summary>So many places of its own the judged part of the log must be worth (effective sample size), or the policy is refused.</summary>
    [Range(1, 1_000_000)]
    public int MinEffectiveRounds { get; set; } = 100;
}
