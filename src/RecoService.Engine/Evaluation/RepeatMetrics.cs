using RecoService.Engine.Data;

namespace RecoService.Engine.Evaluation;

/// <summary>One user's list against what was new to them and against what they had before. NaN where nothing of that kind is relevant; of the share for an empty list.</summary>
internal sealed record RepeatMetrics(double NewRecall, double RepeatRecall, double NewNdcg, double RepeatNdcg, double RepeatShare);

/// <summary>Takes a user's relevant items apart. For one user after the other, not thread-safe.</summary>
/// <param name="history">What users had before.</param>
/// <param name="ideal">What a perfect list is.</param>
internal sealed class RepeatTally(InteractionDataset history, IdealDcg ideal)
{
    private readonly List<int> taken = [];
    private int[] fresh = [];
    private int[] repeated = [];
    private int user;

    /// <param name="user">Whose lists come next.</param>
    /// <param name="relevant">Item indexes, ascending.</param>
    public void Begin(int user, ReadOnlySpan<int> relevant)
    {
        this.user = user;
        fresh = Part(relevant, isRepeated: false);
        repeated = Part(relevant, isRepeated: true);
    }

    /// <param name="list">Item indexes, best first.</param>
    /// <param name="k">The length the list was asked for.</param>
    public RepeatMetrics Of(ReadOnlySpan<int> list, int k)
    {
        var before = 0;
        foreach (var item in list)
        {
            if (IsRepeated(item))
                before++;
        }

        var ofNew = fresh.Length == 0 ? (UserMetrics?)null : UserMetrics.Of(list, fresh, k, ideal);
        var ofRepeated = repeated.Length == 0 ? (UserMetrics?)null : UserMetrics.Of(list, repeated, k, ideal);
        return new RepeatMetrics(
            ofNew?.Recall ?? double.NaN, ofRepeated?.Recall ?? double.NaN, ofNew?.Ndcg ?? double.NaN, ofRepeated?.Ndcg ?? double.NaN,
            list.Length == 0 ? double.NaN : (double)before / list.Length);
    }

    private int[] Part(ReadOnlySpan<int> relevant, bool isRepeated)
    {
        taken.Clear();
        foreach (var item in relevant)
        {
            if (IsRepeated(item) == isRepeated)
                taken.Add(item);
        }

        return [.. taken];
    }

    private bool IsRepeated(int item) => history.UserItems.RowColumns(user).BinarySearch(item) >= 0;
}
