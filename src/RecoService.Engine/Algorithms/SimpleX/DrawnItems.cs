using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.SimpleX;

/// <summary>The items that the users of a batch are kept away from: distinct, each as likely as another, with their vectors packed for <see cref="TileKernel"/>. Reused.</summary>
internal sealed class DrawnItems
{
    private readonly int[] deck;
    private readonly int[] positions;
    private readonly float[] strips;
    private readonly int factors;

    /// <param name="itemCount">|I|.</param>
    /// <param name="count">How many are drawn; all items where there are no more.</param>
    /// <param name="factors">f.</param>
    public DrawnItems(int itemCount, int count, int factors)
    {
        this.factors = factors;
        Count = Math.Min(count, itemCount);
        deck = [.. Enumerable.Range(0, itemCount)];
        positions = new int[itemCount];
        positions.AsSpan().Fill(-1);
        strips = new float[(Count + TileKernel.Width - 1) / TileKernel.Width * factors * TileKernel.Width];
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    public ReadOnlySpan<int> Items => deck.AsSpan(0, Count);

    /// <summary>The place of an item among the drawn ones, or -1.</summary>
    public int PositionOf(int item) => positions[item];

    /// <summary>The vectors from a place on that is a multiple of <see cref="TileKernel.Rows"/>, as the kernel reads them; behind the last one stand zeros.</summary>
    public ReadOnlySpan<float> PackedFrom(int position) => strips.AsSpan((position / TileKernel.Width * factors * TileKernel.Width) + (position % TileKernel.Width));

    /// <summary>Draws anew.</summary>
    public void Draw(ref SeededRandom random, FactorMatrix vectors)
    {
        foreach (var item in Items)
            positions[item] = -1;
        for (var position = 0; position < Count; position++)
        {
            var other = position + random.Next(deck.Length - position);
            (deck[position], deck[other]) = (deck[other], deck[position]);
            positions[deck[position]] = position;
            var row = vectors[deck[position]];
            var column = strips.AsSpan((position / TileKernel.Width * factors * TileKernel.Width) + (position % TileKernel.Width));
            for (var factor = 0; factor < row.Length; factor++)
                column[factor * TileKernel.Width] = row[factor];
        }
    }
}
