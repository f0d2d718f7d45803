using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>The candidates of one user after the other, with their features as a served list has them. Not thread-safe.</summary>
/// <param name="candidates">How many, at most.</param>
/// <param name="part">What is known.</param>
/// <param name="first">The first stage, trained on what is known.</param>
internal sealed class CandidateFeatures(int candidates, ValidationPart part, IScorer first)
{
    private const int Width = UserItemFeatures.Count;

    private readonly UserItemFeatures features = UserItemFeatures.Of(part.Train);
    private readonly ListMask mask = part.NewMask();
    private readonly TopK best = new(Math.Min(candidates, part.Train.Items.Count));
    private readonly double[] momentRoom = new double[2 * Width];
    private readonly int[] items = new int[Math.Min(candidates, part.Train.Items.Count)];
    private readonly float[] scores = new float[Math.Min(candidates, part.Train.Items.Count)];
    private readonly float[] rows = new float[Math.Min(candidates, part.Train.Items.Count) * Width];
    private int user;
    private int count;
    private bool areFilled;

    /// <summary>The candidates of the user, the best first.</summary>
    public ReadOnlySpan<int> Items => items.AsSpan(0, count);

    /// <summary>|items| x <see cref="UserItemFeatures.Count"/>, row-major, standardised within the list.</summary>
    public ReadOnlySpan<float> Rows
    {
        get
        {
            Fill();
            return rows.AsSpan(0, count * Width);
        }
    }

    /// <summary>Goes on to another user.</summary>
    /// <returns>False where they have no candidates.</returns>
    public bool Read(int userIndex)
    {
        (user, areFilled) = (userIndex, false);
        mask.Set(user);
        first.Retrieve(part.Train.HistoryOf(user), mask.Blocked, best);
        mask.Clear(user);
        count = best.Drain(items, scores);
        return count > 0;
    }

    /// <summary>The features of other items, standardised within the list of candidates.</summary>
    /// <param name="others">Items.</param>
    /// <param name="otherRows">|others| x <see cref="UserItemFeatures.Count"/>, row-major.</param>
    /// <returns>Whether the first stage knows each.</returns>
    public bool[] FillOthers(int[] others, Span<float> otherRows)
    {
        Fill();
        var otherScores = new float[others.Length];
        first.Score(part.Train.HistoryOf(user), others, otherScores);
        features.Fill(part.Train.HistoryOf(user), others, otherScores, otherRows);
        ListMoments.In(momentRoom).Standardise(otherRows);
        return Array.ConvertAll(otherScores, score => !float.IsNaN(score));
    }

    private void Fill()
    {
        if (areFilled)
            return;
        var own = rows.AsSpan(0, count * Width);
        features.Fill(part.Train.HistoryOf(user), Items, scores.AsSpan(0, count), own);
        ListMoments.Of(own, momentRoom).Standardise(own);
        areFilled = true;
    }
}
