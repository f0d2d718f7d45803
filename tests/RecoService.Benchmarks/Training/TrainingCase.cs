using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Benchmarks.Training;

/// <summary>One row of the table of <see cref="TrainScenario"/>.</summary>
/// <param name="Name">The trainer, and what tells this row from its others.</param>
/// <param name="Factors">Numbers per user and item; 0 when it has none.</param>
/// <param name="Epochs">How many epochs to run; their median is shown. 1 for a trainer without epochs: the whole training is shown.</param>
/// <param name="TargetSeconds">The most an epoch may take.</param>
/// <param name="DataOf">The interactions to train on.</param>
/// <param name="Create">The trainer, given the number of epochs.</param>
internal sealed record TrainingCase(
    string Name, int Factors, int Epochs, double TargetSeconds, Func<GeneratedShop, InteractionDataset> DataOf, Func<int, ITrainer> Create)
{
    public override string ToString() => Factors == 0 ? Name : $"{Name}, {Factors} factors";
}
