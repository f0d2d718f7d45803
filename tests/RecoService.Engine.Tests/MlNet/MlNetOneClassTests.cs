#if ENABLE_MLNET
using RecoService.Engine.Tests.Training;
using RecoService.Engine.Training;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

/// <summary>The contract of every trainer on the real step; only in a build with ML.NET, whose result does not depend on the seed.</summary>
public sealed class MlNetOneClassTests : TrainerContract
{
    protected override double QualityFloor => 0.35;

    protected override ITrainer CreateTrainer() => new MlNetTrainer(new MlNetOptions { Factors = 8, Alpha = 0.1 }, MlNetFactorization.Fit);
}
#endif
