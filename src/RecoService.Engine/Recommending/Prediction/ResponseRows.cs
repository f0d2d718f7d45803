using RecoService.Engine.Recommending.Filtering.Compilation;
using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>Describes items for a user of now, as <see cref="ResponseFeatures"/>. Knows users and items by the keys of the store, so that it serves any state. Immutable.</summary>
/// <param name="items">What became of items, by key.</param>
/// <param name="users">What became of what users were shown, by key.</param>
/// <param name="contextValues">The values of a request's context that have a feature.</param>
/// <param name="position">From 1: where the items stand.</param>
internal sealed class ResponseRows(Dictionary<int, ResponseRate> items, Dictionary<int, ResponseRate> users, Dictionary<(string Name, FilterValue Value), int> contextValues, int position)
{
    /// <param name="context">The user and the request.</param>
    /// <param name="space">What the indexes stand for.</param>
    /// <param name="asked">Item indexes.</param>
    /// <param name="rows">Takes |asked| x <see cref="ResponseFeatures.Width"/>, row-major.</param>
    public void Fill(in RequestContext context, ResponseSpace space, ReadOnlySpan<int> asked, Span<float> rows)
    {
        var user = context.User.UserIndex < 0 ? default : users.GetValueOrDefault(space.UserKeyOf(context.User.UserIndex));
        Span<int> held = stackalloc int[ResponseFeatures.ContextValues];
        ResponseFeatures.Fill(context.User, user, space.Catalogue, asked, context.Now, held[..ContextOf(context.Context, contextValues, held)], rows);
        for (var at = 0; at < asked.Length; at++)
        {
            var row = rows.Slice(at * ResponseFeatures.Width, ResponseFeatures.Width);
            (row[ResponseFeatures.ItemClicks], row[ResponseFeatures.ItemPurchases]) = items.GetValueOrDefault(space.ItemKeyOf(asked[at]));
            ResponseFeatures.SetPosition(row, position);
        }
    }

    /// <summary>Which of the values that have a feature a request has.</summary>
    public static int ContextOf(IReadOnlyDictionary<string, FilterValue>? context, Dictionary<(string Name, FilterValue Value), int> known, Span<int> held)
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
