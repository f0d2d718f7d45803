using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>A network that scores a user with an item, while it is trained.</summary>
internal interface IPairNetwork
{
    /// <summary>All that is learned.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Computes what all pairs share; called whenever the parameters have changed.</summary>
    void Share();

    /// <param name="users">n, int64.</param>
    /// <param name="items">n x k, int64.</param>
    /// <param name="isTraining">Whether parts are left out at random.</param>
    /// <returns>n x k.</returns>
    Tensor Score(Tensor users, Tensor items, bool isTraining);

    /// <summary>The mean squared length of what is learned of these.</summary>
    /// <param name="users">n, int64.</param>
    /// <param name="items">n x k, int64.</param>
    Tensor Penalty(Tensor users, Tensor items);

    /// <summary>How wrong the scores are: right ones n x 1, others n x k.</summary>
    Tensor Loss(Tensor right, Tensor others);

    /// <summary>All items for these users: n x |I|.</summary>
    Tensor ScoreAll(Tensor users);

    /// <param name="dataset">Takes the model.</param>
    /// <param name="users">The users that something was learned of.</param>
    /// <param name="items">The same of items.</param>
    void Write(DatasetFolder dataset, int[] users, int[] items);
}
