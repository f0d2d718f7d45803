using System.Text.Json;
using RecoService.Api.Serving;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Experiments;

/// <param name="Id">The experiment's id.</param>
/// <param name="Revision">Of this change; ascends over all experiments.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="State">draft, running, stopped or decided.</param>
/// <param name="Name">What it is about.</param>
/// <param name="Placements">The placements it is about; null: all.</param>
/// <param name="Eligibility">Who takes part; null: everybody.</param>
/// <param name="Layer">Experiments of one layer have no user in common; null: a layer of its own.</param>
/// <param name="Traffic">The part of the layer's users who take part, 0..1.</param>
/// <param name="Metric">What decides.</param>
/// <param name="Method">split or interleaved.</param>
/// <param name="Variants">The first is the control.</param>
/// <param name="StartedAt">UTC; null: it has not started.</param>
/// <param name="StoppedAt">UTC; null: it has not stopped.</param>
/// <param name="DecidedAt">UTC; null: it is not decided.</param>
/// <param name="Winner">The variant that everybody gets; null: it is not decided.</param>
internal sealed record ExperimentResponse(
    string Id, long Revision, DateTimeOffset ChangedAt, ExperimentState State, string? Name, IReadOnlyList<string?>? Placements, string? Eligibility, string? Layer, double Traffic, string Metric, string Method,
    IReadOnlyList<ExperimentVariantResponse> Variants, DateTimeOffset? StartedAt, DateTimeOffset? StoppedAt, DateTimeOffset? DecidedAt, string? Winner)
{
    /// <returns>Null for a definition that this version cannot read.</returns>
    public static ExperimentResponse? Of(StoredDefinition stored) => ExperimentDefinition.Read(stored) is not { } definition
        ? null
        : new ExperimentResponse(
            stored.Id, stored.Revision, stored.ChangedAt, definition.State, definition.Plan.Name, definition.Plan.Placements, definition.Plan.Eligibility, definition.Plan.Layer, definition.Plan.Traffic ?? 1,
            definition.Plan.Metric ?? ExperimentChecks.Metrics[0], definition.Plan.Method ?? ExperimentRequest.Split, [.. definition.Variants.Select(ExperimentVariantResponse.Of)], definition.StartedAt, definition.StoppedAt, definition.DecidedAt, definition.Winner);
}

/// <param name="Name">Unique within the experiment.</param>
/// <param name="Share">Its part of the users, in the unit of the others.</param>
internal sealed record ExperimentVariantResponse(string Name, double Share)
{
    /// <summary>What is different for its users; null: nothing.</summary>
    [Shape(typeof(ExperimentOverridesRequest))]
    public JsonElement? Overrides { get; init; }

    public static ExperimentVariantResponse Of(ExperimentVariantRequest variant) => new(variant.Name!, variant.Share ?? 0)
    {
        Overrides = variant.Overrides is null ? null : JsonSerializer.SerializeToElement(variant.Overrides, ExperimentDefinition.Options),
    };
}
