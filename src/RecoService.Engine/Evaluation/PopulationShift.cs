namespace RecoService.Engine.Evaluation;

/// <summary>How far a distribution over categories has moved.</summary>
public static class PopulationShift
{
    /// <summary>Added to each count, so that a category that one side lacks gives no infinity.</summary>
    private const double Prior = 0.5;

    /// <summary>
    /// The population stability index: the sum over categories of (p - q) ln(p / q), with p and q the shares now and before, each count taken as half more than it is.
    /// 0 where nothing moved; by custom above 0.1 is a moderate shift and above 0.25 a large one. Siddiqi, Credit Risk Scorecards, 2006.
    /// </summary>
    /// <param name="counts">Of each category now and before, 0 or more.</param>
    /// <returns>0 or more; null where either side has no count.</returns>
    public static double? Index(IReadOnlyCollection<(long Now, long Before)> counts)
    {
        var (now, before) = (counts.Sum(count => count.Now), counts.Sum(count => count.Before));
        if (now == 0 || before == 0)
            return null;
        var (all, allBefore) = (now + (Prior * counts.Count), before + (Prior * counts.Count));
        var index = 0.0;
        foreach (var count in counts)
        {
            var (p, q) = ((count.Now + Prior) / all, (count.Before + Prior) / allBefore);
            index += (p - q) * Math.Log(p / q);
        }

        return index;
    }
}
