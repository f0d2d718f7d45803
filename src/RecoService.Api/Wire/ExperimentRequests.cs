using System.Text.Json.Serialization;
using RecoService.Api.Settings;

namespace RecoService.Api.Wire;

/// <summary>Shows parts of the users different lists, to learn which are better.</summary>
internal sealed record ExperimentRequest
{
    /// <summary>Each user gets one variant.</summary>
    internal const string Split = "split";

    /// <summary>Each list is drawn from both variants.</summary>
    internal const string Interleaved = "interleaved";

    /// <summary>Users see the first variant, and the list of the second is made beside it.</summary>
    internal const string Shadow = "shadow";

    /// <summary>How variants may be compared.</summary>
    internal static IReadOnlyList<string> Methods { get; } = [Split, Interleaved, Shadow];

    /// <summary>The experiment's id: 1 to 64 letters, digits, `-`, `_` and `.`; made up when left out. In a PUT it stands in the path.</summary>
    /// <example>more-diverse-home</example>
    public string? Id { get; init; }

    /// <summary>What it is about, for people.</summary>
    /// <example>Are more diverse lists clicked more often?</example>
    public string? Name { get; init; }

    /// <summary>The placements it is about, as home; all when left out.</summary>
    public IReadOnlyList<string?>? Placements { get; init; }

    /// <summary>Who takes part: a filter that names values of the request and the user alone, as `context.device = "phone"`. Everybody when left out.</summary>
    public string? Eligibility { get; init; }

    /// <summary>Experiments of one layer have no user in common. Left out, the experiment has a layer of its own and is independent of all others.</summary>
    public string? Layer { get; init; }

    /// <summary>The part of the layer's users who take part, above 0 and at most 1; all when left out.</summary>
    /// <example>1</example>
    public double? Traffic { get; init; }

    /// <summary>What decides: clickThroughRate, conversionRate, ordersPerUser or revenuePerUser; clickThroughRate when left out.</summary>
    /// <example>clickThroughRate</example>
    public string? Metric { get; init; }

    /// <summary>split: each user gets one variant; interleaved: each list is drawn from both of two variants by turns, and clicks say which is better with a tenth of the users; shadow: users see the first of two variants, and the list of the second is only made beside it, to be compared. split when left out.</summary>
    /// <example>split</example>
    public string? Method { get; init; }

    /// <summary>2 to 10 of them; 2 where they are interleaved or in the shadow. The first is the control, with which the others are compared.</summary>
    public IReadOnlyList<ExperimentVariantRequest?>? Variants { get; init; }
}

/// <summary>What a part of the users gets.</summary>
internal sealed record ExperimentVariantRequest
{
    /// <summary>1 to 64 letters, digits, `-`, `_` and `.`; unique within the experiment.</summary>
    /// <example>control</example>
    public string? Name { get; init; }

    /// <summary>Its part of the users, in any unit; above 0.</summary>
    /// <example>0.5</example>
    public double? Share { get; init; }

    /// <summary>What is different for them; nothing when left out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ExperimentOverridesRequest? Overrides { get; init; }
}

/// <summary>What a variant changes of its placements.</summary>
internal sealed record ExperimentOverridesRequest
{
    /// <summary>Settings of the placements, as `Reco:Placements` has them; what is left out stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlacementSettings? Placement { get; init; }

    /// <summary>The stored model that makes the lists, by its version; it is served beside the published one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ModelVersion { get; init; }

    /// <summary>Merchandising rules that do not act, by id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string?>? WithoutRules { get; init; }
}

/// <summary>What is wanted of an experiment that is over.</summary>
internal sealed record ExperimentDecisionRequest
{
    /// <summary>The variant that everybody gets from now on.</summary>
    /// <example>control</example>
    public string? Variant { get; init; }
}
