using RecoService.Engine.Recommending;

namespace RecoService.Storage.Attribution;

/// <summary>What an interaction is to the figures of lists.</summary>
public enum AttributionRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The user took a look.</summary>
    Click,

    /// <summary>The user took a look, if the interaction names the list; of itself it may have come about without one.</summary>
    NamedClick,

    /// <summary>The user bought.</summary>
    Order,

    /// <summary>The user bought, and gave it back.</summary>
    Return,

    /// <summary>The user likes it.</summary>
    Like,

    /// <summary>The user does not.</summary>
    Dislike,

    /// <summary>The user rated it.</summary>
    Rating,
}

/// <summary>Which interactions belong to lists.</summary>
/// <param name="Window">For how long after a list an interaction without its id may belong to it; above 0.</param>
/// <param name="Roles">By the index of the configured kind; <see cref="AttributionRole.Return"/> is that of an order that was undone, and of no kind.</param>
/// <param name="MostInteractionsADay">Who did more on a UTC day is left out of the figures; null: nobody is.</param>
public sealed record AttributionRules(TimeSpan Window, IReadOnlyList<AttributionRole> Roles, long? MostInteractionsADay = null);

/// <summary>A list as it was shown.</summary>
/// <param name="RecommendationId">Names it.</param>
/// <param name="UserId">Who saw it; empty for nobody known.</param>
/// <param name="Placement">Where.</param>
/// <param name="Variant">Of experiments; empty for none.</param>
/// <param name="ModelVersion">0 before the first model.</param>
/// <param name="ShownAt">Unix milliseconds.</param>
/// <param name="ItemIds">In the order shown.</param>
/// <param name="Sources">One per item, one for all of them, or none where they are not known.</param>
/// <param name="Propensities">One per item, or none where the placement does not explore.</param>
/// <param name="ItemVariants">One per item of an interleaved list, by its name within the experiment; none in any other list.</param>
internal sealed record ShownList(
    Guid RecommendationId, string UserId, string Placement, string Variant, int ModelVersion, long ShownAt, IReadOnlyList<string> ItemIds, IReadOnlyList<string> Sources, IReadOnlyList<float> Propensities, IReadOnlyList<string> ItemVariants)
{
    public const long MillisecondsPerDay = 86_400_000;

    /// <summary>How many of its items a fallback filled.</summary>
    public int FallbackItems { get; init; }

    /// <summary>Microseconds that it took to make it; null where that is not known.</summary>
    public int? MadeIn { get; init; }

    private const string Interleaved = $"/{PlacementExperiment.InterleavedName}";

    /// <summary>Days since 1970-01-01, UTC.</summary>
    public int Day => DayOf(ShownAt);

    public static int DayOf(long time) => (int)Math.Floor((double)time / MillisecondsPerDay);

    /// <summary>The variants that an item is of: those of the list, with its own in the place of <c>interleaved</c>.</summary>
    public string VariantAt(int position) => position >= ItemVariants.Count
        ? Variant
        : string.Join(',', Variant.Split(',').Select(label => label.EndsWith(Interleaved, StringComparison.Ordinal) ? $"{label[..^Interleaved.Length]}/{ItemVariants[position]}" : label));

    /// <summary>Whether the item of a place was drawn among others.</summary>
    public bool IsDrawn(int position) => position < Propensities.Count && Propensities[position] < 1;

    public string SourceAt(int position) => Sources.Count == 1 ? Sources[0] : position < Sources.Count ? Sources[position] : "";
}

/// <summary>What a user did, as far as it counts for lists.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Role">What it is to a list.</param>
/// <param name="OccurredAt">Unix milliseconds.</param>
/// <param name="RecommendationId">The list that the client names; null for none.</param>
/// <param name="OrderId">As the client has it; null for none.</param>
/// <param name="Quantity">Units; above 0.</param>
/// <param name="Amount">Quantity times unit price, in ten-thousandths of the currency.</param>
/// <param name="Value">The rating; 0 for none.</param>
/// <param name="ReceivedAt">When it was stored, Unix milliseconds.</param>
internal readonly record struct Deed(string ItemId, AttributionRole Role, long OccurredAt, Guid? RecommendationId, string? OrderId, double Quantity, long Amount, double Value, long ReceivedAt);

/// <summary>A deed and the list that it belongs to.</summary>
/// <param name="Deed">What was done.</param>
/// <param name="List">The list.</param>
/// <param name="Position">From 0.</param>
internal readonly record struct AttributedDeed(Deed Deed, ShownList List, int Position);

/// <summary>Finds the list that a deed belongs to.</summary>
internal static class Attributor
{
    /// <summary>
    /// A deed belongs to the list that it names, where that list holds the item; else to the latest list of the user that holds the item, was shown no later than the deed and no longer before it than the
    /// window (last touch); else to none.
    /// </summary>
    /// <param name="userId">Who did it.</param>
    /// <param name="lists">All lists of the user, and all that the deeds name; in any order.</param>
    /// <param name="deeds">In any order.</param>
    /// <param name="window">Milliseconds.</param>
    public static IEnumerable<AttributedDeed> Attribute(string userId, IReadOnlyCollection<ShownList> lists, IEnumerable<Deed> deeds, long window)
    {
        var byId = new Dictionary<Guid, ShownList>();
        var byItem = new Dictionary<string, List<(ShownList List, int Position)>>(StringComparer.Ordinal);
        foreach (var list in lists.OrderBy(list => list.ShownAt).ThenBy(list => list.RecommendationId))
        {
            if (!byId.TryAdd(list.RecommendationId, list) || list.UserId != userId)
                continue;
            for (var position = 0; position < list.ItemIds.Count; position++)
            {
                if (!byItem.TryGetValue(list.ItemIds[position], out var shown))
                    byItem.Add(list.ItemIds[position], shown = []);
                shown.Add((list, position));
            }
        }

        foreach (var deed in deeds)
        {
            if (deed.RecommendationId is { } id && byId.TryGetValue(id, out var named) && PositionOf(named, deed.ItemId) is >= 0 and var at)
                yield return new AttributedDeed(deed.Role == AttributionRole.NamedClick ? deed with { Role = AttributionRole.Click } : deed, named, at);
            else if (deed.Role != AttributionRole.NamedClick && byItem.TryGetValue(deed.ItemId, out var shown) && shown.FindLast(one => one.List.ShownAt <= deed.OccurredAt) is ({ } list, var position) && deed.OccurredAt - list.ShownAt <= window)
                yield return new AttributedDeed(deed, list, position);
        }
    }

    private static int PositionOf(ShownList list, string itemId)
    {
        for (var position = 0; position < list.ItemIds.Count; position++)
        {
            if (list.ItemIds[position] == itemId)
                return position;
        }

        return -1;
    }
}
