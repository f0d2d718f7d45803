using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using RecoService.Api.Serving;
using RecoService.Api.Settings;
using RecoService.Api.Shops;
using RecoService.Api.Wire;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Catalogue;

namespace RecoService.Api.Experiments;

/// <summary>Names every fault of an experiment.</summary>
/// <param name="shop">Knows the placements, the items' types, the served models and the rules.</param>
/// <param name="problems">Takes the faults.</param>
/// <param name="storedModels">The versions, of those that variants name, that are in the store.</param>
internal sealed class ExperimentChecks(Shop shop, ICollection<FieldProblem> problems, IReadOnlySet<int> storedModels)
{
    public const int MostVariants = 10;
    public const int MostNameCharacters = 64;
    public const int MostTextCharacters = 256;

    public const double MostShare = 1_000_000;

    /// <summary>Each is in memory beside the published one.</summary>
    public const int MostModelVersions = 4;

    /// <summary>What may decide.</summary>
    public static IReadOnlyList<string> Metrics { get; } = ["clickThroughRate", "conversionRate", "ordersPerUser", "revenuePerUser"];

    private ServingState State => shop.Serving.Snapshots.State;

    /// <summary>Checks an experiment by what is in the store now.</summary>
    public static async Task<List<FieldProblem>> CheckAsync(Shop shop, ExperimentRequest request, CancellationToken ct)
    {
        var problems = new List<FieldProblem>();
        new ExperimentChecks(shop, problems, await StoredAsync(shop, VersionsOf(request), ct)).Check(request);
        return problems;
    }

    /// <summary>Those of some models that are in the store.</summary>
    public static async Task<IReadOnlySet<int>> StoredAsync(Shop shop, IReadOnlyCollection<int> versions, CancellationToken ct) =>
        versions.Count == 0 ? [] : (await shop.Store.Models.GetAsync(versions, ct)).Select(model => model.Version).ToHashSet();

    /// <summary>The models that variants name.</summary>
    public static IReadOnlyCollection<int> VersionsOf(ExperimentRequest request) => [.. (request.Variants ?? []).Select(variant => variant?.Overrides?.ModelVersion).OfType<int>().Distinct()];

    public void Check(ExperimentRequest request)
    {
        var fields = new FieldScope("", problems);
        CheckName(fields, "id", request.Id);
        CheckName(fields, "layer", request.Layer);
        fields.CheckText("name", request.Name, MostTextCharacters);
        if (request.Traffic is { } traffic && !(traffic > 0 && traffic <= 1))
            fields.Add("traffic", "must be above 0 and at most 1");
        if (request.Metric is { } metric && !Metrics.Contains(metric, StringComparer.Ordinal))
            fields.Add("metric", $"must be one of {string.Join(", ", Metrics)}");
        RuleReader.CheckPlacements(fields, request.Placements, State);
        RuleReader.CheckFilter(fields, "eligibility", request.Eligibility, State, mayNameItems: false);
        if (request.Variants is not { Count: >= 2 and <= MostVariants } variants)
        {
            fields.Add("variants", $"must hold 2 to {MostVariants} variants; the first is the control");
            return;
        }

        if (request.Method is { } method && !ExperimentRequest.Methods.Contains(method, StringComparer.Ordinal))
            fields.Add("method", $"must be one of {string.Join(", ", ExperimentRequest.Methods)}");
        if (ComparesLists(request) && variants.Count != 2)
            fields.Add("variants", $"must hold 2 variants where they are {request.Method}");
        for (var position = 0; position < variants.Count; position++)
        {
            var own = new FieldScope($"variants[{position}]", problems);
            if (variants[position] is not { } variant)
            {
                own.Add("", "is null; a variant is an object");
                continue;
            }

            if (variant.Name is null)
                own.Add("name", "is missing");
            CheckName(own, "name", variant.Name);
            if (variant.Name is not null && variants.Take(position).Any(other => other?.Name == variant.Name))
                own.Add("name", $"'{variant.Name}' is the name of another variant, too");
            if (variant.Name is PlacementExperiment.InterleavedName or PlacementExperiment.ShadowName)
                own.Add("name", "is what lists of both variants go by; choose another one");
            if (!(variant.Share > 0 && variant.Share <= MostShare))
                own.Add("share", $"must be above 0 and at most {MostShare:0}");
            CheckOverrides(new FieldScope($"variants[{position}].overrides", problems), request, variant.Overrides);
            CheckModel(new FieldScope($"variants[{position}].overrides", problems), request, variant.Overrides);
        }
    }

    /// <summary>Whether it compares two lists of one request.</summary>
    private static bool ComparesLists(ExperimentRequest request) => request.Method is ExperimentRequest.Interleaved or ExperimentRequest.Shadow;

    private static void CheckName(FieldScope fields, string field, string? name)
    {
        if (name is not null && (name.Length is 0 or > MostNameCharacters || name.Any(character => !(char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.'))))
            fields.Add(field, $"must have 1 to {MostNameCharacters} letters, digits, '-', '_' and '.'");
    }

    private void CheckModel(FieldScope fields, ExperimentRequest request, ExperimentOverridesRequest? overrides)
    {
        const string field = "modelVersion";
        if (overrides?.ModelVersion is not { } version)
            return;
        if (VersionsOf(request).Count > MostModelVersions)
            fields.Add(field, $"is one of more than {MostModelVersions} versions, and each takes the memory of a model");
        if (!storedModels.Contains(version))
            fields.Add(field, $"{version} is not the version of a stored model; GET /admin/models has them");
        else if (overrides.Placement?.Recommender is not null)
            fields.Add(field, "names a model, and so does placement.recommender; leave one out");
        else if (overrides.Placement?.Sources is { } sources ? !sources.Contains("recommender", StringComparison.OrdinalIgnoreCase) : PlacementsOf(request).All(placement => !placement.Sources.Contains(PlacementSource.Recommender)))
            fields.Add(field, "changes nothing, for none of the placements takes items from recommender");
    }

    private void CheckOverrides(FieldScope fields, ExperimentRequest request, ExperimentOverridesRequest? overrides)
    {
        if (ComparesLists(request) && overrides?.WithoutRules is { Count: > 0 })
            fields.Add("withoutRules", $"rules act on both variants where they are {request.Method}; split the users to try one");
        foreach (var ruleId in overrides?.WithoutRules ?? [])
        {
            if (shop.Serving.Rules.Current.All.All(rule => rule.Id != ruleId))
                fields.Add("withoutRules", $"'{ruleId ?? "null"}' is not a rule of the shop");
        }

        if (overrides?.Placement is not { } settings)
            return;
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        foreach (var result in results)
            fields.Add(FieldOf(result.MemberNames.FirstOrDefault() ?? ""), result.ErrorMessage!);
        var before = results.Count;
        foreach (var placement in PlacementsOf(request))
        {
            foreach (var (setting, message) in settings.Faults(placement.Name))
            {
                before++;
                fields.Add(FieldOf(setting), message.TrimEnd('.'));
            }

            if (before > 0)
                return;
            var changed = settings.Over(placement);
            foreach (var (setting, fault) in PlacementSettings.ExplorationFaults(changed.Order.Exploration, shop.Settings.Recommendations.MostExplorationShare, shop.Settings.Prediction.Enabled))
            {
                fields.Add(FieldOf(setting), fault);
                return;
            }

            if (request.Method == ExperimentRequest.Interleaved && changed.Order.Exploration is not null)
                fields.Add(FieldOf(nameof(PlacementSettings.ExplorationShare)), "an interleaved list cannot explore, for its places are drawn already");
            if (changed.Subject != placement.Subject)
                fields.Add(FieldOf(nameof(PlacementSettings.Sources)), $"would make '{placement.Name}' a placement about something else");
        }

        if (settings.Filter is { } filter)
            RuleReader.CheckFilter(fields, FieldOf(nameof(PlacementSettings.Filter)), filter, State, mayNameItems: true);
        var models = State.Models.Where(model => model.MakesLists).Select(model => model.Name).ToList();
        if (settings.Recommender is { } recommender && !models.Contains(recommender, StringComparer.Ordinal))
            fields.Add(FieldOf(nameof(PlacementSettings.Recommender)), $"'{recommender}' is not a served model that makes lists; those are {string.Join(", ", models)}");
        if (settings.Objective == PlacementSettings.MarginObjective && !(State.Catalogue.Columns.Attribute<NumberColumn>(shop.Settings.Prediction.CostAttribute)?.ItemCount > 0))
            fields.Add(FieldOf(nameof(PlacementSettings.Objective)), $"'margin' takes the cost of items, and none has a number as its attribute '{shop.Settings.Prediction.CostAttribute}'");
        if (settings.RotateAfter is not null && shop.Serving.Shown is null)
            fields.Add(FieldOf(nameof(PlacementSettings.RotateAfter)), "needs a placement that rotates; set Reco:Placements:NAME:RotateAfter of one");
    }

    private IEnumerable<Placement> PlacementsOf(ExperimentRequest request) =>
        State.Placements.Values.Where(placement => request.Placements is null || request.Placements.Contains(placement.Name, StringComparer.Ordinal));

    private static string FieldOf(string setting) => $"placement.{JsonNamingPolicy.CamelCase.ConvertName(setting)}";
}
