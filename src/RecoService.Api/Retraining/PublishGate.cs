using RecoService.Api.Settings;
using RecoService.Engine.Evaluation.Audit;

namespace RecoService.Api.Retraining;

/// <summary>Decides whether a candidate may take the place of what is served. A refusal is an answer, not an exception.</summary>
internal sealed class PublishGate(RetrainingSettings settings)
{
    /// <summary>Null when the candidate may be published, else why not.</summary>
    public string? RefusalOf(RunMetrics metrics)
    {
        if (metrics.Candidate is not { } candidate)
            return null;
        if (metrics.VersusCurrent is { } current && IsWorse(current))
            return $"It ranks worse than the current model: nDCG@{metrics.K} differs by {Describe(current)}.";
        if (metrics.Current is null && metrics.VersusPopularity is { } popularity && IsWorse(popularity))
            return $"It ranks worse than popularity: nDCG@{metrics.K} differs by {Describe(popularity)}.";
        if (metrics.Current is { Metrics.Coverage: var coverage } && candidate.Coverage < settings.MinCoverageRatio * coverage)
            return $"Its lists hold {candidate.Coverage:P1} of the catalogue where the current model's hold {coverage:P1}; Reco:Retraining:MinCoverageRatio is {settings.MinCoverageRatio}.";
        return metrics.Audit is { } audit ? RefusalOf(audit) : null;
    }

    private string? RefusalOf(ModelAudit audit)
    {
        var gate = settings.Gate;
        if (audit.Items.Gini > gate.MaxExposureGini)
            return $"Its lists spread exposure unevenly: the Gini coefficient is {audit.Items.Gini:F3}; Reco:Retraining:Gate:MaxExposureGini is {gate.MaxExposureGini}.";
        if (audit.UserGroups.FirstOrDefault(group => group.PopularityLift > gate.MaxPopularityLift) is { } flattered)
            return $"Its lists are {flattered.PopularityLift:P0} more popular than what users with {flattered.Attribute} {flattered.Group} like; Reco:Retraining:Gate:MaxPopularityLift is {gate.MaxPopularityLift}.";
        if (audit.Miscalibration > gate.MaxMiscalibration)
            return $"Its lists differ in their categories from what users did by {audit.Miscalibration:F3} nats; Reco:Retraining:Gate:MaxMiscalibration is {gate.MaxMiscalibration}.";
        foreach (var (attribute, difference) in audit.OpportunityDifferences.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (difference > gate.MaxOpportunityDifference)
                return $"Its recall differs by {difference:F3} between groups of users by {attribute}; Reco:Retraining:Gate:MaxOpportunityDifference is {gate.MaxOpportunityDifference}.";
        }

        return null;
    }

    /// <summary>Null when enough users judge the candidate for it to take the place of what is served, else why it has to wait.</summary>
    /// <param name="metrics">What the run measured.</param>
    /// <param name="served">How many users judged what is served; 0 where nothing is, or nobody judged it.</param>
    public string? HoldOf(RunMetrics metrics, int served)
    {
        var needed = Math.Min(settings.MinJudgedUsers, (served + 1) / 2);
        return metrics.JudgedUsers >= needed
            ? null
            : $"{(metrics.JudgedUsers == 0 ? "Nobody" : $"Only {metrics.JudgedUsers}")} could judge it, where {served} users judged the model that is served; {needed} are needed.";
    }

    /// <summary>Null when the refitted model does what its candidate did, else why not.</summary>
    public string? RefusalOfRefit(ModelMetrics candidate, RefitMetrics refit)
    {
        if (refit.Coverage < settings.MinCoverageRatio * candidate.Coverage)
            return $"The refitted model's lists hold {refit.Coverage:P1} of the catalogue where the candidate's held {candidate.Coverage:P1}.";
        if (refit.Overlap < settings.MinOverlap)
            return $"The refitted model shares {refit.Overlap:P1} of its lists with the candidate that was judged; Reco:Retraining:MinOverlap is {settings.MinOverlap}.";
        return null;
    }

    private bool IsWorse(DifferenceMetrics difference) => difference.High < -settings.Tolerance;

    private static string Describe(DifferenceMetrics difference) =>
        $"{difference.Mean:F4} (95% interval {difference.Low:F4} to {difference.High:F4}, {difference.Users} users)";
}
