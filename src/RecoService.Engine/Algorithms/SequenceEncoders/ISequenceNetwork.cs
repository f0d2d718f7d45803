using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>A trained network that reads a user's items in their order. Immutable and thread-safe; it holds nothing per item or user.</summary>
internal interface ISequenceNetwork : IStored
{
    /// <summary>f: the length of an item's row and of the vector.</summary>
    int Factors { get; }

    /// <summary>How many of the newest items are read.</summary>
    int MaxLength { get; }

    /// <summary>The user's vector, whose dot product with an item's row is the item's score.</summary>
    /// <param name="items">1 to <see cref="MaxLength"/> items whose rows are known, oldest first.</param>
    /// <param name="itemFactors">|I| x f.</param>
    /// <param name="vector">f; replaced.</param>
    void Encode(ReadOnlySpan<int> items, FactorMatrix itemFactors, Span<float> vector);
}
