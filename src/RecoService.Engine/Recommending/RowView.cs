namespace RecoService.Engine.Recommending;

/// <summary>What a request sees of a user who has done something since the state was built. Immutable: a reader keeps the view it found.</summary>
/// <param name="userIndex">A user of the state, or -1.</param>
/// <param name="history">What the user did.</param>
/// <param name="consumed">Item indexes, in no order; the writer adds behind the count.</param>
/// <param name="consumedCount">How many of them are this view's.</param>
internal sealed class RowView(int userIndex, HistoryColumns history, int[] consumed, int consumedCount)
{
    public static readonly RowView Nothing = new(-1, new HistoryColumns([], [], [], []), [], 0);

    public RequestContext Context => new(history.Of(userIndex), consumed.AsSpan(0, consumedCount));
}
