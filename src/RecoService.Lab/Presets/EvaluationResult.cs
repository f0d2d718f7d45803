using RecoService.Engine.Evaluation;
namespace RecoService.Lab.Presets;

/// <summary>How one recommender did on one part.</summary>
/// <param name="Rankings">One per cut-off; empty for ratings and for a recommender that failed.</param>
/// <param name="Ratings">Null for lists and for a recommender that failed.</param>
/// <param name="TrainSeconds">Of all folds together.</param>
/// <param name="EvaluateSeconds">Of all folds together.</param>
public sealed record EvaluationResult(IReadOnlyList<RankingResult> Rankings, RatingResult? Ratings, double TrainSeconds, double EvaluateSeconds)
{
    /// <summary>Users judged: each fold's.</summary>
    public int UserCount => Rankings.Count > 0 ? Rankings[0].UserCount : Ratings is null ? 0 : Ratings.CountPerUser.ToArray().Count(count => count > 0);

    /// <summary>The result at a cut-off.</summary>
    /// <exception cref="InvalidOperationException">It was not measured.</exception>
    public RankingResult At(int cutOff) => Rankings.First(ranking => ranking.K == cutOff);

    /// <summary>The 95% interval of the compared figure, over users.</summary>
    public Interval IntervalOf(EvaluationProtocol protocol) => protocol.Target == EvaluationTarget.Ratings ? Ratings!.RmseInterval : At(protocol.HeadlineCutOff).IntervalOf(protocol.Headline);

    /// <summary>Every figure by its <see cref="Measures"/> name.</summary>
    public IReadOnlyDictionary<string, double> Values
    {
        get
        {
            var values = new Dictionary<string, double>(StringComparer.Ordinal);
            foreach (var ranking in Rankings)
            {
                foreach (var metric in Enum.GetValues<RankingMetric>().Where(metric => !Measures.IsOfRepeats(metric) || ranking.TellsRepeats))
                    values.Add(Measures.NameOf(metric, ranking.K), ranking[metric]);
            }

            if (Ratings is not null)
            {
                values.Add(Measures.Rmse, Ratings.Rmse);
                values.Add(Measures.Mae, Ratings.Mae);
            }

            return values;
        }
    }
}
