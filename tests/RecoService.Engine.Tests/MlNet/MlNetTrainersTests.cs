using RecoService.Engine.Training;
using RecoService.MlNet;

namespace RecoService.Engine.Tests.MlNet;

public sealed class MlNetTrainersTests
{
#if ENABLE_MLNET
    [Fact]
    public void AddTo_BuiltInRegistry_KnowsTheTrainer()
    {
        var registry = MlNetTrainers.AddTo(TrainerRegistry.BuiltIn);

        Assert.Equal(typeof(MlNetOptions), registry.OptionsTypeOf(MlNetTrainers.Name));
        Assert.IsType<MlNetTrainer>(registry.Create(MlNetTrainers.Name, new MlNetOptions()));
    }
#else
    [Fact]
    public void AddTo_BuildWithoutMlNet_LeavesTheRegistryAsItWas() =>
        Assert.Same(TrainerRegistry.BuiltIn, MlNetTrainers.AddTo(TrainerRegistry.BuiltIn));
#endif

    [Fact]
    public void Options_StoredAndReadBack_AreTheSame()
    {
        var registry = TrainerRegistry.BuiltIn.With<MlNetOptions>(MlNetTrainers.Name, options => new MlNetTrainer(options, (_, _, _, _) => ([], [])));
        var options = new MlNetOptions { Loss = MlNetOptions.SquaredLoss, Factors = 7, Epochs = 8, LearningRate = 0.5, Regularization = 0.25, Alpha = 0.125, C = 0.5, NonNegative = true, Threads = 2 };

        var read = registry.Deserialize(MlNetTrainers.Name, registry.Serialize(MlNetTrainers.Name, options));

        Assert.Equivalent(options, read, strict: true);
    }
}
