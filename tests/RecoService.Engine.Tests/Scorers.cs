using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests;

/// <summary>Asks models about a user by his place alone.</summary>
internal static class Scorers
{
    public static void Score(this IScorer model, int userIndex, ReadOnlySpan<int> itemIndexes, Span<float> scores) =>
        model.Score(new UserHistory(userIndex), itemIndexes, scores);

    public static void Retrieve(this IScorer model, int userIndex, ReadOnlySpan<ulong> blocked, TopK best) =>
        model.Retrieve(new UserHistory(userIndex), blocked, best);
}
