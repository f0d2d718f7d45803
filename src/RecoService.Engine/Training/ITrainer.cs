using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Training;

/// <summary>Makes a model from a dataset. Hyperparameters come in through the constructor; a trainer holds no state of a run.</summary>
public interface ITrainer
{
    /// <summary>Trains a new immutable model; the dataset is left as it was.</summary>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    /// <exception cref="TrainingException">The data or the options cannot give a model; the message says what to change.</exception>
    IScorer Train(InteractionDataset dataset, TrainingContext context);
}
