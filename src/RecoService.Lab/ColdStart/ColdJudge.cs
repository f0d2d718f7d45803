using System.Diagnostics;
using RecoService.Engine.Evaluation;
using RecoService.Lab.Presets;

namespace RecoService.Lab.ColdStart;

/// <summary>Holds lists against what they should have held.</summary>
internal static class ColdJudge
{
    /// <summary>The figures of one list maker; two are compared question by question.</summary>
    /// <param name="maker">Who answers.</param>
    /// <param name="questions">At least one, each of another user.</param>
    /// <param name="lengths">Ascending; the longest list is made, and its beginnings are judged.</param>
    /// <param name="itemCount">How many items there are.</param>
    /// <param name="threads">How many questions are asked at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static EvaluationResult Judge(
        ColdListMaker maker, IReadOnlyList<ColdQuestion> questions, IReadOnlyList<int> lengths, int itemCount, int threads, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var metrics = lengths.Select(_ => new UserMetrics[questions.Count]).ToArray();
        var counts = lengths.Select(_ => new ListCounts(itemCount)).ToArray();
        Parallel.For(0, questions.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, position =>
        {
            int[] list = [.. maker.Make(questions[position], lengths[^1])];
            for (var cut = 0; cut < lengths.Count; cut++)
            {
                var begin = list.AsSpan(0, Math.Min(list.Length, lengths[cut]));
                counts[cut].Add(begin);
                metrics[cut][position] = UserMetrics.Of(begin, questions[position].Wanted, lengths[cut], IdealDcg.AtMostK);
            }
        });
        return new EvaluationResult(
            [.. lengths.Select((length, cut) => new RankingResult(length, [.. Enumerable.Range(0, questions.Count)], metrics[cut], strangerCount: 0, counts[cut].Coverage))],
            Ratings: null, TrainSeconds: 0, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
