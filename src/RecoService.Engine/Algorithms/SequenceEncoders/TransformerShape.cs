namespace RecoService.Engine.Algorithms.SequenceEncoders;

/// <summary>The sizes of a transformer.</summary>
/// <param name="Factors">d: the length of an item's row, 1 or more.</param>
/// <param name="MaxLength">How many of the newest items are read, 1 or more.</param>
/// <param name="Blocks">Layers of attention, 1 or more.</param>
/// <param name="Heads">Into how many parts attention divides a row; a divisor of <paramref name="Factors"/>.</param>
/// <param name="Inner">m: the width of the feed-forward layers, 1 or more.</param>
public readonly record struct TransformerShape(int Factors, int MaxLength, int Blocks, int Heads, int Inner)
{
    private const int Limit = 4096;

    /// <summary>How many weights such a network has.</summary>
    internal int WeightCount => checked((MaxLength * Factors) + (2 * Factors) + (Blocks * BlockSize));

    internal int BlockSize => checked((4 * Square) + (2 * Factors) + (((2 * Factors) + 1) * Inner) + Factors + (2 * Factors));

    private int Square => (Factors * Factors) + Factors;

    /// <exception cref="ArgumentException">A size is out of range, or the heads do not divide the factors.</exception>
    internal void RequireValid()
    {
        foreach (var size in (ReadOnlySpan<int>)[Factors, MaxLength, Blocks, Heads, Inner])
        {
            if (size is < 1 or > Limit)
                throw new ArgumentException($"A size of the transformer is {size}, and 1 to {Limit} is possible.");
        }

        if (Factors % Heads != 0)
            throw new ArgumentException($"{Heads} heads do not divide {Factors} factors.");
    }
}
