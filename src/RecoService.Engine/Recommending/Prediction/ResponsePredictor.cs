using System.Buffers;
using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// The probabilities that a user clicks an item that they are shown at a reference position, and that they buy it. Serves any state. Immutable.
/// </summary>
public sealed class ResponsePredictor
{
    private readonly ResponseRows describing;

    internal ResponsePredictor(ResponseModel clicks, ResponseModel? purchases, ResponseRows describing) => (Clicks, Purchases, this.describing) = (clicks, purchases, describing);

    public ResponseModel Clicks { get; }

    /// <summary>Null where too little was bought.</summary>
    public ResponseModel? Purchases { get; }

    /// <summary>Predicts what a user does with items.</summary>
    /// <param name="context">The user and the request.</param>
    /// <param name="space">What the indexes stand for.</param>
    /// <param name="asked">Item indexes.</param>
    /// <param name="clicks">Takes one per item, 0..1.</param>
    /// <param name="purchases">Takes one per item, 0..1; NaN where purchases are not predicted.</param>
    internal void Predict(in RequestContext context, ResponseSpace space, ReadOnlySpan<int> asked, Span<float> clicks, Span<float> purchases)
    {
        var rented = ArrayPool<float>.Shared.Rent(asked.Length * ResponseFeatures.Width);
        var rows = rented.AsSpan(0, asked.Length * ResponseFeatures.Width);
        describing.Fill(context, space, asked, rows);
        for (var at = 0; at < asked.Length; at++)
        {
            var row = rows.Slice(at * ResponseFeatures.Width, ResponseFeatures.Width);
            clicks[at] = (float)Clicks.Probability(row);
            purchases[at] = Purchases is null ? float.NaN : (float)Purchases.Probability(row);
        }

        ArrayPool<float>.Shared.Return(rented);
    }
}

/// <summary>What the indexes of a serving state stand for.</summary>
/// <param name="Catalogue">What is known of its items.</param>
/// <param name="History">What its users did.</param>
/// <param name="UserKeyOf">The store's key of a user index.</param>
/// <param name="ItemKeyOf">The same of an item index.</param>
internal sealed record ResponseSpace(LiveCatalogue Catalogue, LiveHistory History, Func<int, int> UserKeyOf, Func<int, int> ItemKeyOf);
