using System.Globalization;
using RecoService.Engine.Computing;

namespace RecoService.Engine.Tuning;

/// <summary>Which of the tried recommenders is picked, and why the others are not.</summary>
/// <param name="contenders">All of them.</param>
/// <param name="validation">What judged them.</param>
/// <param name="maxListTime">How long a list may take; null when there is no bound.</param>
/// <param name="again">How a contender does on an earlier part of the data; null where there is no time.</param>
internal sealed class SelectionDecision(IReadOnlyList<Contender> contenders, Validation validation, TimeSpan? maxListTime, Func<Contender, Validation, double?> again)
{
    /// <summary>So many that are equal but for chance are held against each other on an earlier part of the data.</summary>
    private const int Finalists = 3;

    /// <exception cref="TrainingException">No candidate gave a model.</exception>
    public SelectionResult Decide(IReadOnlyList<SelectionTrial> trials)
    {
        var ordered = contenders.Order(Contender.BestFirst).ToList();
        var first = ordered[0];
        if (first.Best is null)
            throw new TrainingException($"No candidate gave a model. {first.Trainer}: {first.Reason}");
        var picked = Pick(ordered.FindAll(contender => contender.Best is not null));
        foreach (var contender in ordered.Where(contender => contender != picked && contender.Best is not null))
            contender.Reason ??= WhyNot(contender, picked);
        return new SelectionResult(CandidateOf(picked), [.. ordered.OrderBy(contender => contender != picked).Select(RowOf)], trials, validation.MeasureName)
        {
            GivenUp = IsSlow(first) && first != picked
                ? string.Create(CultureInfo.InvariantCulture, $"{first.Trainer} has {validation.MeasureName} {first.Best.Value.Trial.Value:F4} and {picked.Trainer} {picked.Best!.Value.Trial.Value:F4}, but a list of {first.Trainer} takes {first.Best.Value.Trial.ListMicroseconds:F0} µs.")
                : null,
        };
    }

    /// <summary>The best that is fast enough. One made of others has to be better than any of them by more than chance; where none is fast enough, the fastest has to do.</summary>
    private Contender Pick(List<Contender> withFigures)
    {
        var able = withFigures.FindAll(contender => !IsSlow(contender));
        if (able.Count == 0)
            return withFigures.MinBy(contender => contender.Best!.Value.Trial.ListMicroseconds)!;
        if (able.Find(contender => !contender.IsComposed) is not { } single)
            return able[0];
        return able.Find(contender => contender.IsComposed && IsSurelyBetter(contender, single)) ?? Confirmed(able, single);
    }

    /// <summary>Of those that could be the best but for chance, the one that is best when earlier windows have their say too, each by its users. A window counts when all of them were tried on it.</summary>
    private Contender Confirmed(List<Contender> able, Contender best)
    {
        var equals = able.Where(contender => !contender.IsComposed && (contender == best || !IsSurelyBetter(best, contender))).Take(Finalists).ToList();
        if (equals.Count == 1)
            return best;
        var sums = equals.ConvertAll(contender => contender.Best!.Value.Measurement.Value * validation.UserCount);
        foreach (var earlier in validation.Earlier)
        {
            var figures = equals.Select(contender => again(contender, earlier)).TakeWhile(figure => figure is not null).ToList();
            if (figures.Count < equals.Count)
                break;
            for (var index = 0; index < sums.Count; index++)
                sums[index] += figures[index]!.Value * earlier.UserCount;
        }

        // The first of the best: of equal ones that which is better in the latest window.
        return equals[sums.IndexOf(validation.IsOfRatings ? sums.Min() : sums.Max())];
    }

    private string? WhyNot(Contender contender, Contender picked)
    {
        if (IsSlow(contender))
            return string.Create(CultureInfo.InvariantCulture, $"A list takes {contender.Best!.Value.Trial.ListMicroseconds:F0} µs, and at most {maxListTime!.Value.TotalMicroseconds:F0} µs are allowed.");
        return contender.IsComposed && contender.Best!.Value.Measurement.IsBetterThan(picked.Best!.Value.Measurement) ? "It is not better than the best of its parts by more than chance." : null;
    }

    private bool IsSlow(Contender contender) => maxListTime is { } bound && contender.Best is { } best && best.Trial.ListMicroseconds > bound.TotalMicroseconds;

    /// <summary>By more than chance: the 95% interval of the paired difference does not hold 0.</summary>
    private bool IsSurelyBetter(Contender contender, Contender other)
    {
        var interval = validation.Compare(contender.Best!.Value.Measurement, other.Best!.Value.Measurement).Interval;
        return validation.IsOfRatings ? interval.High < 0 : interval.Low > 0;
    }

    private static RecommenderCandidate CandidateOf(Contender contender) => contender.Candidate with { Options = contender.Best?.Trial.Options ?? contender.Candidate.Options };

    private static SelectionRow RowOf(Contender contender) => new(CandidateOf(contender), contender.Best?.Trial, contender.Trials, contender.Seconds, contender.Reason);
}
