using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What a request sees of a user who has done something since the state was built. Immutable: a reader keeps the view it found.</summary>
/// <param name="userIndex">A user of the state, or -1.</param>
/// <param name="history">What the user did.</param>
/// <param name="events">The single interactions, where a model needs them.</param>
/// <param name="consumed">What the user has consumed.</param>
internal sealed class RowView(int userIndex, HistoryColumns history, EventColumns events, ConsumedItems consumed)
{
    public static readonly RowView Nothing = new(-1, HistoryColumns.None, EventColumns.None, ConsumedItems.None);

    public RequestContext Context => new(history.Of(userIndex, events.ToEvents()), consumed.Items, consumed.Times) { HistoryVersion = this };
}
