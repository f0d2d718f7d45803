using RecoService.Engine.Training;

namespace RecoService.MlNet;

public static class MlNetTrainers
{
    /// <summary>The trainer's name in the configuration.</summary>
    public const string Name = "ml-net";

    /// <summary>The registry with the trainer <c>ml-net</c>; the registry as it was in a build without <c>-p:EnableMlNet=true</c>.</summary>
    public static TrainerRegistry AddTo(TrainerRegistry registry) =>
#if ENABLE_MLNET
        registry.With<MlNetOptions>(Name, options => new MlNetTrainer(options, MlNetFactorization.Fit));
#else
        registry;
#endif
}
