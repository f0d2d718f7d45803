using RecoService.Engine.Evaluation;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Placements;

/// <summary>Holds lists against what they should have held.</summary>
/// <param name="time">The clock that lists are timed by.</param>
internal sealed class PlacementJudge(TimeProvider time)
{
    /// <summary>The figures of one list maker; each question counts as a user of the result, so that two are compared question by question.</summary>
    /// <param name="maker">Who answers.</param>
    /// <param name="questions">At least one.</param>
    /// <param name="length">Of the lists.</param>
    /// <param name="itemCount">How many items there are.</param>
    /// <param name="threads">How many questions are asked at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public EvaluationResult Judge(ListMaker maker, IReadOnlyList<PlacementQuestion> questions, int length, int itemCount, int threads, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var metrics = new UserMetrics[questions.Count];
        var counts = new ListCounts(itemCount);
        Parallel.For(0, questions.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, position =>
        {
            int[] list = [.. maker.Make(questions[position], length)];
            counts.Add(list);
            metrics[position] = UserMetrics.Of(list, questions[position].Wanted, length, IdealDcg.AtMostK);
        });
        return new EvaluationResult(
            [new RankingResult(length, [.. Enumerable.Range(0, questions.Count)], metrics, strangerCount: 0, counts.Coverage)], Ratings: null, TrainSeconds: 0, time.GetElapsedTime(start).TotalSeconds);
    }
}
