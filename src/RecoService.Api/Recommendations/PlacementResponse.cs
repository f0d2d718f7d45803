using RecoService.Api.Settings;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Prediction;

namespace RecoService.Api.Recommendations;

/// <param name="Name">As requests call it.</param>
/// <param name="Subject">What a request has to name: user, item, items or given-items.</param>
/// <param name="Sources">Where its items come from, asked in this order until the list is full.</param>
/// <param name="Recommender">The model that makes the lists; null: all that do, in their order.</param>
/// <param name="Filter">What items have to be; null: anything.</param>
/// <param name="AllowConsumed">Whether lists hold what the user has consumed.</param>
/// <param name="NewItemShare">The part of each list kept for items that arrived after the training.</param>
/// <param name="Fallback">What fills up a short list: none, popular or relax.</param>
/// <param name="Order">What changes the order of the candidates; what is off is left out.</param>
internal sealed record PlacementResponse(
    string Name, string Subject, IReadOnlyList<string> Sources, string? Recommender, string? Filter, bool AllowConsumed, double NewItemShare, string Fallback, IReadOnlyList<PlacementStepResponse> Order)
{
    public static PlacementResponse Of(Placement placement) => new(
        placement.Name, WordOf(placement.Subject), [.. placement.Sources.Select(PlacementSettings.NameOf)], placement.Recommender, placement.Filter, placement.ShowsConsumed, placement.NewItemShare,
        PlacementSettings.Fallbacks.First(pair => pair.Value == placement.Fallback).Key, [.. StepsOf(placement.Order)]);

    private static string WordOf(PlacementSubject subject) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(subject.ToString());

    /// <summary>In the order in which they act.</summary>
    private static IEnumerable<PlacementStepResponse> StepsOf(ListOrder order)
    {
        if (order.Objective != ListObjective.None)
            yield return new PlacementStepResponse("objective", PlacementSettings.Objectives.First(pair => pair.Value == order.Objective).Key);
        foreach (var (name, strength) in new[] { ("freshness", order.Freshness), ("priceAffinity", order.PriceAffinity), ("variety", order.Variety), ("diversity", order.Diversity) })
        {
            if (strength > 0)
                yield return new PlacementStepResponse(name, FormattableString.Invariant($"{strength:0.###}"));
        }

        if (order.ShownLimit is { } limit)
            yield return new PlacementStepResponse("rotateAfter", FormattableString.Invariant($"{limit}"));
        foreach (var (field, most) in order.MostPerValue)
            yield return new PlacementStepResponse("mostPerValue", FormattableString.Invariant($"{field}:{most}"));
        if (order.Exploration is { } exploration)
            yield return new PlacementStepResponse("exploration", FormattableString.Invariant($"{PlacementSettings.NameOf(exploration.Policy)} {exploration.Share:0.###}"));
    }
}

/// <param name="Name">As the setting of the placement that it is.</param>
/// <param name="Value">What it is set to.</param>
internal sealed record PlacementStepResponse(string Name, string Value);
