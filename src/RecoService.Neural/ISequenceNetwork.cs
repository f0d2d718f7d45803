using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RecoService.Neural;

/// <summary>A network that reads items in their order, while it is trained.</summary>
internal interface ISequenceNetwork
{
    /// <summary>|I| x d: the rows of the items, which are read and scored against.</summary>
    Parameter Items { get; }

    /// <summary>All that is learned, the item rows first.</summary>
    IReadOnlyList<Parameter> Parameters { get; }

    /// <param name="items">sequences x places, int64; what fills up stands behind.</param>
    /// <param name="isTraining">Whether parts are left out at random.</param>
    /// <returns>sequences x places x d: the vector after each place.</returns>
    Tensor Encode(Tensor items, bool isTraining);

    /// <summary>What model.json says of the encoder.</summary>
    object Form { get; }
}
