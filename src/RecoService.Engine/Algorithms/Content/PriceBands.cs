namespace RecoService.Engine.Algorithms.Content;

/// <summary>The prices of a catalogue cut into bands with as many items each, whatever the currency. Items of one price share a band.</summary>
internal sealed class PriceBands
{
    private readonly float[] upperEdges;

    /// <param name="upperEdges">Ascending: what <see cref="UpperEdges"/> gave.</param>
    public PriceBands(float[] upperEdges) => this.upperEdges = upperEdges;

    /// <param name="prices">The catalogue's; what is no price is left out.</param>
    /// <param name="count">How many bands there are at most.</param>
    public PriceBands(IEnumerable<float?> prices, int count)
    {
        float[] ascending = [.. prices.Where(IsPrice).Select(price => price!.Value).Order()];
        upperEdges = ascending.Length == 0 ? [] : [.. Enumerable.Range(1, count - 1).Select(band => ascending[(int)((long)band * ascending.Length / count)]).Distinct()];
    }

    public ReadOnlySpan<float> UpperEdges => upperEdges;

    /// <summary>0 for the cheapest items; null without a price.</summary>
    public int? BandOf(float? price)
    {
        if (!IsPrice(price))
            return null;
        var edge = Array.BinarySearch(upperEdges, price!.Value);
        return edge >= 0 ? edge + 1 : ~edge;
    }

    private static bool IsPrice(float? price) => price is >= 0 and < float.PositiveInfinity;
}
