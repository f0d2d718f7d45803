using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Exploration;
using RecoService.Engine.Recommending.Filtering.Expressions;
using RecoService.Engine.Recommending.Prediction;
using RecoService.Engine.Recommending.Reranking;

namespace RecoService.Api.Settings;

/// <summary>A place of the shop that shows lists, under a name of your own or that of a built-in one. What is not set is as the built-in placement has it, or as it says here.</summary>
public sealed class PlacementSettings
{
    /// <summary>Of a placement that overrules one of the built-in settings.</summary>
    internal const string NoObjective = "none";

    internal const string MarginObjective = "margin";

    private const int MostNameLength = 64;

    private static readonly Dictionary<string, PlacementSource> SourceNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["recommender"] = PlacementSource.Recommender,
        ["popular"] = PlacementSource.Popular,
        ["trending"] = PlacementSource.Trending,
        ["new-arrivals"] = PlacementSource.NewArrivals,
        ["recently-viewed"] = PlacementSource.RecentItems,
        ["buy-again"] = PlacementSource.BuyAgain,
        ["bought-together"] = PlacementSource.BoughtTogether,
        ["similar"] = PlacementSource.SimilarItems,
    };

    /// <summary>A source by its name in settings.</summary>
    internal static string NameOf(PlacementSource source) => SourceNames.First(pair => pair.Value == source).Key;

    /// <summary>A policy by its name in settings.</summary>
    internal static string NameOf(ExplorationPolicy policy) => Policies.First(pair => pair.Value == policy).Key;

    /// <summary>What becomes of a list that is shorter than its limit, by the names of the wire.</summary>
    internal static IReadOnlyDictionary<string, ListFallback> Fallbacks { get; } =
        new Dictionary<string, ListFallback>(StringComparer.Ordinal) { ["none"] = ListFallback.None, ["popular"] = ListFallback.Popular, ["relax"] = ListFallback.Relax };

    private const string NoExploration = "off";

    /// <summary>Of policies that draw no lots of themselves: less makes propensities that weigh too much.</summary>
    private const double LeastEpsilon = 0.01;

    private static readonly Dictionary<string, ExplorationPolicy> Policies = new(StringComparer.Ordinal)
    {
        ["thompson"] = ExplorationPolicy.Thompson,
        ["normal-thompson"] = ExplorationPolicy.NormalThompson,
        ["epsilon-greedy"] = ExplorationPolicy.EpsilonGreedy,
        ["boltzmann"] = ExplorationPolicy.Boltzmann,
        ["ucb1"] = ExplorationPolicy.Ucb1,
        ["linucb"] = ExplorationPolicy.LinUcb,
    };

    /// <summary>By what expected value lists are ordered, by the names of settings.</summary>
    internal static IReadOnlyDictionary<string, ListObjective> Objectives { get; } = new Dictionary<string, ListObjective>(StringComparer.Ordinal)
    {
        [NoObjective] = ListObjective.None,
        ["clicks"] = ListObjective.Clicks,
        ["purchases"] = ListObjective.Purchases,
        ["revenue"] = ListObjective.Revenue,
        [MarginObjective] = ListObjective.Margin,
    };

    /// <summary>Where the items come from, separated by commas and asked in this order until the list is full: <c>recommender</c>, <c>popular</c>, <c>trending</c>, <c>new-arrivals</c>,
    /// <c>recently-viewed</c>, <c>buy-again</c>, <c>bought-together</c>, or <c>similar</c> alone. A new placement without a value has <c>recommender, popular</c>.</summary>
    public string? Sources { get; set; }

    /// <summary>The model that makes the lists, by its name, among those that are served; without a value, or where none is of that name, all of them in their order.</summary>
    public string? Recommender { get; set; }

    /// <summary>What items have to be, whatever else a request wants of them: a filter expression as in <c>docs/filters.md</c>.</summary>
    public string? Filter { get; set; }

    /// <summary>Whether lists hold what the user has consumed, where a request does not say. A new placement without a value leaves it out.</summary>
    public bool? AllowConsumed { get; set; }

    /// <summary>The part of each list, rounded down, whose last slots are kept for items that arrived after the training. A new placement without a value keeps none.</summary>
    [Range(0.0, 1.0)]
    public double? NewItemShare { get; set; }

    /// <summary>By what the candidates are ordered before anything else: <c>clicks</c>, <c>purchases</c> (their probabilities), <c>revenue</c> (the probability of a purchase times the price of now), <c>margin</c> (the same less the cost) or
    /// <c>none</c>. Until probabilities are learned the order is that of the sources: <c>docs/prediction.md</c>.</summary>
    public string? Objective { get; set; }

    /// <summary>How much unlike one another the items of a list are, by the model's item vectors or, without such, by category: 0 as they come, 1 as unlike as can be (maximal marginal relevance).</summary>
    [Range(0.0, 1.0)]
    public double? Diversity { get; set; }

    /// <summary>How much new items are preferred: 0 not at all, 1 by age alone.</summary>
    [Range(0.0, 1.0)]
    public double? Freshness { get; set; }

    /// <summary>The age at which an item counts as half as new.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan? FreshnessHalfLife { get; set; }

    /// <summary>How much chance moves the items, by the <c>seed</c> of the request: 0 not at all, 1 chance alone. The same seed gives a user the same list.</summary>
    [Range(0.0, 1.0)]
    public double? Variety { get; set; }

    /// <summary>How much items in the user's own price band are preferred: 0 not at all, 1 by price alone. It takes three priced items of the user's history.</summary>
    [Range(0.0, 1.0)]
    public double? PriceAffinity { get; set; }

    /// <summary>How often this replica shows an item to a user who does nothing with it, until it steps back for <c>RotationPeriod</c>. Without a value it stays.</summary>
    [Range(1, 1000)]
    public int? RotateAfter { get; set; }

    /// <summary>For how long such an item steps back.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan? RotationPeriod { get; set; }

    /// <summary>How many items with one value of a field a list holds at most, as <c>brand:2, category:3</c>; <c>category</c> or an attribute.</summary>
    public string? MostPerValue { get; set; }

    /// <summary>Who chooses the items of places that explore, among ten: the five best that are left, and five of the others that were shown the least: <c>normal-thompson</c> (an item as often as it is believed to be the best), <c>thompson</c> (the same with Beta beliefs, for many times the processor time), <c>epsilon-greedy</c>,
    /// <c>boltzmann</c>, <c>ucb1</c> and <c>linucb</c> (the highest upper bound of what is known of the item, and of the user and the item), or <c>off</c>. Without a value it is <c>normal-thompson</c> where <c>ExplorationShare</c> is set, and <c>off</c> elsewhere.</summary>
    public string? Exploration { get; set; }

    /// <summary>Which part of the places explores, evenly spread: of ten places 0.2, the default, are the fifth and the tenth. At most <c>Reco:Recommendations:MostExplorationShare</c>.</summary>
    [Range(0.0, 1.0)]
    public double? ExplorationShare { get; set; }

    /// <summary>How often <c>epsilon-greedy</c>, <c>ucb1</c> and <c>linucb</c> show any item in the place of the best; without a value 0.1. The latter two take at least 0.01, or their lists would have no propensities.</summary>
    [Range(0.0, 1.0)]
    public double? ExplorationEpsilon { get; set; }

    /// <summary>How many standard deviations above what is expected of an item <c>linucb</c> hopes for; without a value 0.5.</summary>
    [Range(0.0, 100.0)]
    public double? ExplorationAlpha { get; set; }

    /// <summary>The temperature of <c>boltzmann</c>, in clicks per time shown: the higher, the more even; without a value 0.01.</summary>
    [Range(0.0001, 10.0)]
    public double? ExplorationTemperature { get; set; }

    /// <summary>How many times shown the belief from an item's score is worth beside what came of it; without a value 20.</summary>
    [Range(0.1, 1_000_000.0)]
    public double? ExplorationPriorStrength { get; set; }

    /// <summary>What fills up a list that is shorter than its limit, where a request does not say: <c>none</c>, <c>popular</c> or <c>relax</c>. Without a value it is <c>none</c>.</summary>
    public string? Fallback { get; set; }

    /// <summary>All placements of a shop: the built-in ones, as they are set, and those that only settings have.</summary>
    internal static IReadOnlyList<Placement> All(IReadOnlyDictionary<string, PlacementSettings> settings, double newItemShare)
    {
        var builtIn = Placement.BuiltIn(newItemShare);
        var set = new Dictionary<string, PlacementSettings>(settings, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. builtIn.Select(placement => set.TryGetValue(placement.Name, out var own) ? own.Over(placement) : placement),
            .. settings.Where(pair => !builtIn.Any(placement => placement.Name.Equals(pair.Key, StringComparison.OrdinalIgnoreCase))).Select(pair => pair.Value.Over(NewOne(pair.Key))),
        ];
    }

    /// <summary>What remembers what was shown to whom; null where no placement asks for it.</summary>
    internal static ShownItems? ShownItemsOf(IReadOnlyList<Placement> placements, RecommendationSettings settings) => placements.Any(placement => placement.Order.ShownLimit is not null)
        ? new ShownItems(settings.ShownItemsLimit, 2 * placements.Where(placement => placement.Order.ShownLimit is not null).Max(placement => placement.Order.RotationPeriod))
        : null;

    /// <summary>What is wrong with the settings of a placement, each as an error at the start says it.</summary>
    /// <param name="name">The placement.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="mostExplorationShare">The largest share of places that explore.</param>
    /// <param name="predicts">Whether probabilities are learned.</param>
    internal static IEnumerable<string> FaultsOf(string name, PlacementSettings settings, double mostExplorationShare, bool predicts)
    {
        var section = $"Reco:Placements:{name}";
        if (name.Length is 0 or > MostNameLength || name.Any(character => !(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
            yield return $"{section}: a placement's name has 1 to {MostNameLength} letters, digits, '-', '_' and '.'.";
        foreach (var (setting, message) in settings.Faults(name))
            yield return $"{section}:{setting}: {message}";
        foreach (var (setting, fault) in ExplorationFaults(settings.ExplorationOver(null), mostExplorationShare, predicts))
            yield return $"{section}:{setting}: {fault}.";
    }

    /// <summary>What is wrong with how a placement explores, setting by setting.</summary>
    /// <param name="exploration">Null: it does not.</param>
    /// <param name="most">The largest share of places that explore.</param>
    /// <param name="predicts">Whether probabilities are learned.</param>
    internal static IEnumerable<(string Setting, string Message)> ExplorationFaults(ExplorationOptions? exploration, double most, bool predicts)
    {
        if (exploration is null)
            yield break;
        if (exploration.Share > most)
            yield return (nameof(ExplorationShare), string.Create(CultureInfo.InvariantCulture, $"{exploration.Share} is above Reco:Recommendations:MostExplorationShare, which is {most}"));
        if (exploration.NeedsEpsilon && exploration.Epsilon < LeastEpsilon)
            yield return (nameof(ExplorationEpsilon), string.Create(CultureInfo.InvariantCulture, $"{exploration.Epsilon} is below {LeastEpsilon}, and this policy draws no lots of itself"));
        if (exploration.Policy == ExplorationPolicy.LinUcb && !predicts)
            yield return (nameof(Exploration), "'linucb' learns with the predictions, and Reco:Prediction:Enabled is false");
    }

    /// <summary>What is wrong with them beside their ranges, setting by setting.</summary>
    /// <param name="name">The placement.</param>
    internal IEnumerable<(string Setting, string Message)> Faults(string name)
    {
        var sources = NamesIn(Sources);
        foreach (var source in sources.Where(source => !SourceNames.ContainsKey(source)))
            yield return (nameof(Sources), $"'{source}' is no source; the sources are {string.Join(", ", SourceNames.Keys)}.");
        if (Sources is not null && sources.Length == 0)
            yield return (nameof(Sources), $"it is empty; the sources are {string.Join(", ", SourceNames.Keys)}.");
        if (sources.Length > 1 && sources.Contains("similar", StringComparer.OrdinalIgnoreCase))
            yield return (nameof(Sources), "'similar' stands alone.");
        if (sources.Length > 0 && name.Equals(Placement.PopularName, StringComparison.OrdinalIgnoreCase) && sources is not ["popular"])
            yield return (nameof(Sources), $"'{Placement.PopularName}' is what fills up other lists, so its source is popular.");
        if (Filter is { } filter && FilterParser.Parse(filter).Error is { } error)
            yield return (nameof(Filter), $"at character {error.Position}: {error.Message}");
        foreach (var entry in NamesIn(MostPerValue).Where(entry => !TryReadMost(entry, out _)))
            yield return (nameof(MostPerValue), $"'{entry}' is not a field and a number of at least 1, as brand:2.");
        if (Exploration is { } policy && policy != NoExploration && !Policies.ContainsKey(policy))
            yield return (nameof(Exploration), $"'{policy}' is not one of {NoExploration}, {string.Join(", ", Policies.Keys)}.");
        else if (ExplorationOver(null) is not null && name.Equals(Placement.RankName, StringComparison.OrdinalIgnoreCase))
            yield return (nameof(Exploration), $"'{Placement.RankName}' shows all items that it is given, so there is nothing to explore.");
        if (Objective is { } objective && !Objectives.ContainsKey(objective))
            yield return (nameof(Objective), $"'{objective}' is not one of {string.Join(", ", Objectives.Keys)}.");
        if (Fallback is { } fallback && !Fallbacks.ContainsKey(fallback))
            yield return (nameof(Fallback), $"'{fallback}' is not one of {string.Join(", ", Fallbacks.Keys)}.");
    }

    private static string[] NamesIn(string? sources) => (sources ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool TryReadMost(string entry, out (string Field, int Most) most)
    {
        var colon = entry.LastIndexOf(':');
        most = colon > 0 && int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? (entry[..colon].Trim(), number) : default;
        return most.Most > 0;
    }

    private static Placement NewOne(string name) => new(name, PlacementSource.Recommender, PlacementSource.Popular);

    /// <summary>The placement as these settings have it.</summary>
    internal Placement Over(Placement placement)
    {
        PlacementSource[]? sources = Sources is null ? null : [.. NamesIn(Sources).Select(name => SourceNames[name]).Distinct()];
        var made = placement with
        {
            Sources = sources ?? placement.Sources,
            Subject = sources is null || placement.Subject == PlacementSubject.GivenItems ? placement.Subject : Placement.SubjectOf(sources),
            Recommender = Recommender ?? placement.Recommender,
            Filter = Filter ?? placement.Filter,
            ShowsConsumed = AllowConsumed ?? placement.ShowsConsumed,
            NewItemShare = NewItemShare ?? placement.NewItemShare,
            Fallback = Fallback is null ? placement.Fallback : Fallbacks[Fallback],
            Order = new ListOrder
            {
                Objective = Objective is null ? placement.Order.Objective : Objectives[Objective],
                Diversity = Diversity ?? placement.Order.Diversity,
                Freshness = Freshness ?? placement.Order.Freshness,
                FreshnessHalfLife = FreshnessHalfLife ?? placement.Order.FreshnessHalfLife,
                Variety = Variety ?? placement.Order.Variety,
                PriceAffinity = PriceAffinity ?? placement.Order.PriceAffinity,
                ShownLimit = RotateAfter ?? placement.Order.ShownLimit,
                RotationPeriod = RotationPeriod ?? placement.Order.RotationPeriod,
                MostPerValue = MostPerValue is null ? placement.Order.MostPerValue : [.. NamesIn(MostPerValue).Select(entry => TryReadMost(entry, out var most) ? most : default)],
                Exploration = ExplorationOver(placement.Order.Exploration),
            },
        };
        return made with { ConfigurationVersion = VersionOf(made) };
    }

    /// <param name="before">As the placement has it; null: it does not explore.</param>
    private ExplorationOptions? ExplorationOver(ExplorationOptions? before)
    {
        if (Exploration == NoExploration || (before is null && Exploration is null && ExplorationShare is null))
            return null;
        var options = before ?? new ExplorationOptions();
        return options with
        {
            Policy = Exploration is null ? options.Policy : Policies.GetValueOrDefault(Exploration),
            Share = ExplorationShare ?? options.Share,
            Epsilon = ExplorationEpsilon ?? options.Epsilon,
            Alpha = ExplorationAlpha ?? options.Alpha,
            Temperature = ExplorationTemperature ?? options.Temperature,
            PriorStrength = ExplorationPriorStrength ?? options.PriorStrength,
        };
    }

    private static string VersionOf(Placement placement)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join('+', placement.Sources)}|{placement.Recommender}|{placement.Subject}|{placement.Filter}|{placement.ShowsConsumed}|{placement.NewItemShare:R}|{placement.Fallback}|{placement.Order with { MostPerValue = [] }}|{string.Join(',', placement.Order.MostPerValue)}");
        return $"configured={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 6))}";
    }
}
