using System.Buffers;
using RecoService.Engine.Algorithms.ResponsePrediction;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// The probabilities that a user clicks an item that they are shown at a reference position, and that they buy it. Knows users and items by the keys of the store, so that it serves any state.
/// Immutable.
/// </summary>
public sealed class ResponsePredictor
{
    private readonly Dictionary<int, ResponseRate> items;
    private readonly Dictionary<int, ResponseRate> users;
    private readonly Dictionary<(string Name, FilterValue Value), int> contextValues;
    private readonly int position;

    internal ResponsePredictor(
        ResponseModel clicks, ResponseModel? purchases, Dictionary<int, ResponseRate> items, Dictionary<int, ResponseRate> users, Dictionary<(string Name, FilterValue Value), int> contextValues, int position)
    {
        (Clicks, Purchases) = (clicks, purchases);
        (this.items, this.users, this.contextValues, this.position) = (items, users, contextValues, position);
    }

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
        var user = context.User.UserIndex < 0 ? default : users.GetValueOrDefault(space.UserKeyOf(context.User.UserIndex));
        Span<int> held = stackalloc int[ResponseFeatures.ContextValues];
        var rented = ArrayPool<float>.Shared.Rent(asked.Length * ResponseFeatures.Width);
        var rows = rented.AsSpan(0, asked.Length * ResponseFeatures.Width);
        ResponseFeatures.Fill(context.User, user, space.Catalogue, asked, context.Now, held[..ContextOf(context.Context, contextValues, held)], rows);
        for (var at = 0; at < asked.Length; at++)
        {
            var row = rows.Slice(at * ResponseFeatures.Width, ResponseFeatures.Width);
            (row[ResponseFeatures.ItemClicks], row[ResponseFeatures.ItemPurchases]) = items.GetValueOrDefault(space.ItemKeyOf(asked[at]));
            ResponseFeatures.SetPosition(row, position);
            clicks[at] = (float)Clicks.Probability(row);
            purchases[at] = Purchases is null ? float.NaN : (float)Purchases.Probability(row);
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Which of the values that have a feature a request has.</summary>
    internal static int ContextOf(IReadOnlyDictionary<string, FilterValue>? context, Dictionary<(string Name, FilterValue Value), int> known, Span<int> held)
    {
        var count = 0;
        if (context is null || known.Count == 0)
            return 0;
        foreach (var (name, value) in context)
        {
            if (known.TryGetValue((name, value), out var feature))
                held[count++] = feature;
        }

        return count;
    }
}

/// <summary>What the indexes of a serving state stand for.</summary>
/// <param name="Catalogue">What is known of its items.</param>
/// <param name="History">What its users did.</param>
/// <param name="UserKeyOf">The store's key of a user index.</param>
/// <param name="ItemKeyOf">The same of an item index.</param>
internal sealed record ResponseSpace(LiveCatalogue Catalogue, LiveHistory History, Func<int, int> UserKeyOf, Func<int, int> ItemKeyOf);
