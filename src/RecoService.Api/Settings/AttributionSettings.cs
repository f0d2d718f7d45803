using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Data;
using RecoService.Storage.Attribution;

namespace RecoService.Api.Settings;

/// <summary>Which interactions count as what came of a list: <c>docs/attribution.md</c>.</summary>
public sealed class AttributionSettings
{
    /// <summary>For how long after a list an interaction that does not name it may belong to it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Kinds that are a click on an item of a list, comma-separated.</summary>
    public string ClickKinds { get; set; } = "click";

    /// <summary>Kinds that are a click only where the interaction names the list by its <c>recommendationId</c>, comma-separated: users view items without lists, too.</summary>
    public string NamedClickKinds { get; set; } = "view, add-to-cart";

    /// <summary>Kinds that are a line of an order, comma-separated. Those that undo one of them are returns.</summary>
    public string OrderKinds { get; set; } = "purchase";

    /// <summary>Who has more interactions than this on a UTC day is left out of the figures as a program; 0 leaves nobody out.</summary>
    [Range(0, 1_000_000_000)]
    public long MostInteractionsADay { get; set; } = 5_000;

    /// <summary>How often the figures are brought up to date.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Names of kinds that the shop does not have, with the setting that has them.</summary>
    internal IEnumerable<string> Faults(InteractionKinds kinds)
    {
        foreach (var (setting, names) in new[] { (nameof(ClickKinds), ClickKinds), (nameof(NamedClickKinds), NamedClickKinds), (nameof(OrderKinds), OrderKinds) })
        {
            foreach (var name in NamesIn(names).Where(name => !kinds.TryGetIndex(name, out _)))
                yield return $"Reco:Attribution:{setting}: '{name}' is not a kind of interactions.";
        }
    }

    internal AttributionRules ToRules(InteractionKinds kinds)
    {
        var roles = new AttributionRole[kinds.Count];
        Set("like", AttributionRole.Like);
        Set("dislike", AttributionRole.Dislike);
        roles[kinds.RatingIndex] = AttributionRole.Rating;
        foreach (var (names, role) in new[] { (NamedClickKinds, AttributionRole.NamedClick), (ClickKinds, AttributionRole.Click), (OrderKinds, AttributionRole.Order) })
        {
            foreach (var name in NamesIn(names))
                Set(name, role);
        }

        return new AttributionRules(Window, roles, MostInteractionsADay == 0 ? null : MostInteractionsADay);

        void Set(string name, AttributionRole role)
        {
            if (kinds.TryGetIndex(name, out var kind))
                roles[kind] = role;
        }
    }

    private static string[] NamesIn(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
