using Microsoft.AspNetCore.Http.HttpResults;
using RecoService.Api.Diagnosing;
using RecoService.Api.Http;
using RecoService.Api.Security;
using RecoService.Api.Shops;
using RecoService.Storage.Health;

namespace RecoService.Api.DataDoctor;

internal static class DataHealthEndpoints
{
    private const string Path = "/admin/data-health";

    public static void MapDataHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup(Path).WithTags("Status").RequireAdmin();
        health.MapGet("/", Get).WithName("GetDataHealth").WithSummary("What is wrong with the data, what it costs and what to do")
            .WithDescription("As it was found out at `asOf`, in the background: once after the start and then as often as `Reco:DataHealth:Interval` says. Costs in quality are measured by leaving the fault out, where that can be done.")
            .ProducesProblems(StatusCodes.Status503ServiceUnavailable);
        health.MapPost("/", Compute).WithMetadata(ChangesNothing.Marker).WithName("ComputeDataHealth").WithSummary("Find out anew what is wrong with the data")
            .WithDescription("It is done in the background; the GET call says how far it is. Asked while it is being found out, it is not found out twice.")
            .Produces<DataHealthResponse>(StatusCodes.Status202Accepted)
            .ProducesProblems(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Ok<DataHealthResponse>> Get(Shop shop, CancellationToken cancellationToken) => TypedResults.Ok(await ResponseOfAsync(shop, cancellationToken));

    private static async Task<IResult> Compute(Shop shop, CancellationToken cancellationToken)
    {
        shop.Diagnosis.DataHealth.Ask();
        return TypedResults.Accepted(Path, await ResponseOfAsync(shop, cancellationToken));
    }

    private static async Task<DataHealthResponse> ResponseOfAsync(Shop shop, CancellationToken cancellationToken)
    {
        var worker = shop.Diagnosis.DataHealth;
        // Asked for before the store is read: what is done in between is then in what is read.
        var progress = worker.Progress;
        var isComputing = progress is not null || await shop.Store.Health.IsTakenAsync(cancellationToken);
        var stored = await shop.Store.Health.FindAsync(cancellationToken);
        var facts = DataHealthWorker.ReadFacts(stored);
        return new DataHealthResponse(
            facts?.AsOf, stored?.MeasuredAt, isComputing, progress?.Stage, progress?.Fraction, worker.Failure, facts is null ? null : SummaryOf(facts),
            facts is null ? [] : await FindingsOfAsync(shop, facts, stored!, cancellationToken));
    }

    private static async Task<IReadOnlyList<FindingResponse>> FindingsOfAsync(Shop shop, DataFacts facts, StoredDataHealth stored, CancellationToken cancellationToken)
    {
        var findings = Findings.In(facts);
        var costs = DataHealthWorker.ReadCosts(stored).ToDictionary(cost => cost.Code, StringComparer.Ordinal);
        var users = await shop.Store.Health.IdsOfAsync([.. findings.SelectMany(finding => finding.UserKeys).Distinct()], cancellationToken);
        return [.. findings.Select(finding =>
        {
            var (harm, remedy) = Advice.Of(finding.Code, shop.Settings.Retraining.LearnFromExcludedUsers);
            var cost = costs.GetValueOrDefault(finding.Code);
            return new FindingResponse(
                finding.Code, finding.Severity.ToString().ToLowerInvariant(), finding.Count, finding.Whole is > 0 and var whole ? (double)finding.Count / whole : null, finding.About,
                finding.About == Findings.OfUsers ? [.. finding.UserKeys.Where(users.ContainsKey).Select(key => users[key])] : finding.Examples, finding.Message, harm, remedy,
                FindingCostResponse.Of(cost), ReasonOf(finding.Code, cost, stored, shop));
        })];
    }

    /// <summary>Why there is no cost; null where there is one.</summary>
    private static string? ReasonOf(string code, FaultCost? cost, StoredDataHealth stored, Shop shop) => cost switch
    {
        { Gain: not null } => null,
        { Reason: { } reason } => reason,
        _ when code is not (FaultCodes.Programs or FaultCodes.UnlistedItems or FaultCodes.KindDominates) => "What this costs cannot be measured by leaving something out.",
        _ when !shop.Settings.DataHealth.MeasureCosts => "Reco:DataHealth:MeasureCosts is false.",
        _ when stored.MeasuredAt is null => "Costs are not measured yet: it takes a published model, and no model run under way.",
        _ => "The fault was not there when costs were last measured.",
    };

    private static DataSummaryResponse SummaryOf(DataFacts facts) => new(
        facts.Acts, facts.Users, facts.ActiveUsers, facts.ListedItems, facts.ActiveItems,
        facts.Pairs == 0 ? null : 1 - (facts.Pairs / ((double)facts.ActiveUsers * facts.ActiveItems)), facts.Gini, facts.TopShare,
        facts.Users == 0 ? null : (double)facts.ColdUsers / facts.Users, facts.ListedItems == 0 ? null : (double)facts.ColdItems / facts.ListedItems, facts.LastWeek, facts.WeekBefore, facts.KindShift,
        facts.CategoryShift, facts.NewItemShare, facts.NewItemShareBefore,
        [.. facts.Kinds.Select(kind => new KindResponse(kind.Name, kind.IsConfigured, kind.Acts, kind.LastWeek, kind.WeekBefore))]);
}
