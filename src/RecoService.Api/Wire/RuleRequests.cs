using System.Text.Json.Serialization;

namespace RecoService.Api.Wire;

/// <summary>What a merchant wants of lists, whatever the models say.</summary>
internal sealed record RuleRequest
{
    /// <summary>The rule's id in your shop, 1 to 256 characters; made up when left out. In a PUT it stands in the path.</summary>
    /// <example>summer-sale</example>
    public string? Id { get; init; }

    /// <summary>The placements it acts in, as home and similar; all when left out.</summary>
    public IReadOnlyList<string?>? Placements { get; init; }

    /// <summary>What has to hold of the request, as `context.device = "phone"` or `current.category = "Lamps"`: a filter that names no field of the items. Anything when left out.</summary>
    public string? When { get; init; }

    /// <summary>The items it is about: a filter, as `brand = "Oak" and price &lt; 50`.</summary>
    /// <example>price &lt; 50</example>
    public string? Items { get; init; }

    /// <summary>What becomes of them: one of boost, bury, pin, exclude and limit.</summary>
    public RuleActionRequest? Action { get; init; }

    /// <summary>When it begins, ISO 8601 with a time zone; at once when left out.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>When it ends; never when left out.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether it acts; true when left out.</summary>
    /// <example>true</example>
    public bool? Enabled { get; init; }
}

/// <summary>What a rule does; exactly one of the members is given.</summary>
internal sealed record RuleActionRequest
{
    /// <summary>Moves the items up: their value is multiplied, by 1 to 100.</summary>
    /// <example>1.5</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Boost { get; init; }

    /// <summary>Moves the items down: their value is multiplied, by 0.01 to 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Bury { get; init; }

    /// <summary>Puts the best of the items at this position, from 1 to 200.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Pin { get; init; }

    /// <summary>True: leaves the items out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Exclude { get; init; }

    /// <summary>Lets at most so many of the items with one value of a field into a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RuleLimitRequest? Limit { get; init; }
}

/// <summary>How many items with one value of a field.</summary>
internal sealed record RuleLimitRequest
{
    /// <summary>category, or the name of an attribute.</summary>
    /// <example>category</example>
    public string? By { get; init; }

    /// <summary>The most items, 1 to 200.</summary>
    /// <example>2</example>
    public int? Most { get; init; }
}
