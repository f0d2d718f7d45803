using System.Text.Json;
using System.Text.Json.Serialization;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>How far an experiment is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExperimentState>))]
internal enum ExperimentState
{
    /// <summary>It can be changed, and nobody takes part.</summary>
    [JsonStringEnumMemberName("draft")]
    Draft,

    /// <summary>Users get its variants.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Nobody takes part any more.</summary>
    [JsonStringEnumMemberName("stopped")]
    Stopped,

    /// <summary>Everybody gets the winner.</summary>
    [JsonStringEnumMemberName("decided")]
    Decided,
}

/// <summary>An experiment as it is stored. Its id stands beside it.</summary>
internal sealed record ExperimentDefinition
{
    /// <summary>Without what is not said, so that the overrides of a variant name what they change and nothing else.</summary>
    public static JsonSerializerOptions Options { get; } = new(WireJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>As it was asked for, and checked then.</summary>
    public required ExperimentRequest Plan { get; init; }

    public ExperimentState State { get; init; }

    /// <summary>Where its part of the layer begins, 0..1; set when it starts.</summary>
    public double From { get; init; }

    /// <summary>Where it ends, 0..1.</summary>
    public double To { get; init; }

    /// <summary>UTC; null: it has not started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>UTC; null: it has not stopped.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>UTC; null: it is not decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The variant that everybody gets; null: it is not decided.</summary>
    public string? Winner { get; init; }

    /// <summary>Whether each list is drawn from both variants.</summary>
    [JsonIgnore]
    public bool IsInterleaved => Plan.Method == ExperimentRequest.Interleaved;

    /// <summary>Whether the list of the second variant is only made beside that of the first.</summary>
    [JsonIgnore]
    public bool IsShadow => Plan.Method == ExperimentRequest.Shadow;

    /// <summary>The variants, of which the first is the control.</summary>
    [JsonIgnore]
    public IEnumerable<ExperimentVariantRequest> Variants => (Plan.Variants ?? []).OfType<ExperimentVariantRequest>();

    /// <summary>A stored experiment.</summary>
    /// <returns>Null for a definition that this version cannot read.</returns>
    public static ExperimentDefinition? Read(StoredDefinition stored)
    {
        try
        {
            return stored.Definition is null ? null : JsonSerializer.Deserialize<ExperimentDefinition>(stored.Definition, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string ToText() => JsonSerializer.Serialize(this with { Plan = Plan with { Id = null } }, Options);

    /// <summary>The layer of an experiment.</summary>
    public string LayerOf(string id) => Plan.Layer is { } layer ? $"shared {layer}" : $"own {id}";

    /// <summary>The experiments that act; one that this version cannot read does not.</summary>
    public static ExperimentSet ToSet(StoredDefinitions stored)
    {
        var all = stored.All.Select(one => (one.Id, Definition: Read(one))).Where(one => one.Definition is not null).ToList();
        var decided = all.Where(one => one.Definition!.State == ExperimentState.Decided).OrderBy(one => one.Definition!.DecidedAt);
        return new ExperimentSet([.. decided.Concat(all.Where(one => one.Definition!.State == ExperimentState.Running)).Select(one => one.Definition!.ToExperiment(one.Id)).OfType<PlacementExperiment>()]);
    }

    /// <summary>The models that experiments name by their version, ascending: those of a winner, and of what may run or be decided yet.</summary>
    public static IReadOnlyList<int> ModelVersionsOf(StoredDefinitions stored) => [.. stored.All.Select(Read).OfType<ExperimentDefinition>().SelectMany(definition => definition.ModelVersions).Distinct().Order()];

    /// <summary>The same of those that act, which are served.</summary>
    public static IReadOnlyList<int> ActingModelVersionsOf(StoredDefinitions stored) =>
        [.. stored.All.Select(Read).OfType<ExperimentDefinition>().Where(definition => definition.State is ExperimentState.Running or ExperimentState.Decided).SelectMany(definition => definition.ModelVersions).Distinct().Order()];

    /// <summary>The models that its variants name by their version; of a decided one, its winner.</summary>
    [JsonIgnore]
    public IEnumerable<int> ModelVersions => Variants.Where(variant => State != ExperimentState.Decided || variant.Name == Winner).Select(variant => variant.Overrides?.ModelVersion).OfType<int>();

    private PlacementExperiment? ToExperiment(string id)
    {
        var variants = Variants.Select(ToVariant).ToList();
        IReadOnlyList<string> placements = [.. Plan.Placements?.OfType<string>() ?? []];
        if (State == ExperimentState.Decided)
            return variants.Find(variant => variant.Name == Winner) is { } winner ? new PlacementExperiment(id, winner) { Placements = placements, Eligibility = Plan.Eligibility, ModelVersions = [.. ModelVersions] } : null;
        return new PlacementExperiment(id, LayerOf(id), From, To, variants) { Placements = placements, Eligibility = Plan.Eligibility, ModelVersions = [.. ModelVersions], IsInterleaved = IsInterleaved, IsShadow = IsShadow };
    }

    private static Placement Changed(Placement placement, ExperimentOverridesRequest overrides)
    {
        var changed = overrides.Placement?.Over(placement) ?? placement;
        return overrides.ModelVersion is { } version ? changed with { ModelVersion = version } : changed;
    }

    private static ExperimentVariant ToVariant(ExperimentVariantRequest variant) => new(variant.Name!, variant.Share ?? 0)
    {
        Change = variant.Overrides is { Placement: not null } or { ModelVersion: not null } ? placement => Changed(placement, variant.Overrides) : null,
        WithoutRules = [.. variant.Overrides?.WithoutRules?.OfType<string>() ?? []],
    };
}
