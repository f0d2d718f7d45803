using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>
/// What each user did: what was known when the state was built, and what came since. Readers take no lock, and writers of different users do not wait
/// for each other.
/// </summary>
public sealed class LiveHistory
{
    private readonly InteractionDataset dataset;
    private readonly int limit;
    private readonly bool keepsEvents;
    private readonly Lazy<SparseMatrix> builtItemUsers;
    private readonly ConcurrentDictionary<int, LiveRow> changed = new();
    private int addedCount;

    /// <param name="dataset">What every user had done when the state was built.</param>
    /// <param name="limit">The most items of a history that has changed since: the newest count.</param>
    /// <param name="through">What the reading of the dataset saw; null: that is not known.</param>
    /// <param name="needs">What the models read; the events of a history that has changed are kept only where one does.</param>
    internal LiveHistory(InteractionDataset dataset, int limit, ReadPoint? through = null, HistoryNeeds needs = HistoryNeeds.None)
    {
        keepsEvents = (needs & HistoryNeeds.Events) != HistoryNeeds.None;
        this.dataset = dataset;
        this.limit = limit;
        Built = new BuiltHistory(dataset, through ?? ReadPoint.None);
        builtItemUsers = new(() => dataset.UserItems.Transpose());
    }

    internal BuiltHistory Built { get; }

    /// <summary>What users can do.</summary>
    internal InteractionKinds Kinds => Built.Kinds;

    /// <summary>The most items, and the most events, of a history that has changed.</summary>
    internal int Limit => limit;

    /// <summary>The history of a user of this state, up to this moment; of -1, nothing.</summary>
    public UserHistory this[int userIndex] => ContextOf(userIndex).User;

    /// <summary>How many interactions came since the state was built.</summary>
    internal int AddedCount => Volatile.Read(ref addedCount);

    /// <summary>What a request knows of a user of this state, up to this moment; of -1, nothing.</summary>
    internal RequestContext ContextOf(int userIndex) =>
        userIndex >= 0 && changed.TryGetValue(userIndex, out var row) && row.View is { } view
            ? view.Context
            : new RequestContext(Built.HistoryOf(userIndex), Built.ConsumedOf(userIndex), Built.ConsumedTimesOf(userIndex)) { HistoryVersion = Built };

    /// <summary>What a request knows of somebody who has done this and nothing else.</summary>
    internal RequestContext ContextOf(ReadOnlySpan<LiveInteraction> session)
    {
        var row = new LiveRow(Built, -1, limit, keepsEvents);
        row.Add(session, []);
        return (row.View ?? RowView.Nothing).Context;
    }

    /// <summary>Takes in a user's interactions, in any order; those that were taken in already change nothing.</summary>
    /// <param name="userIndex">An index of the state.</param>
    /// <param name="batch">Of this user; costs as much as the user's history, however long it is.</param>
    /// <param name="supporters">Takes +1 for each item that the user is now for and was not before, and -1 the other way round.</param>
    /// <param name="audience">Takes what this does to the audiences of the items; null: nobody asks.</param>
    internal void Add(int userIndex, ReadOnlySpan<LiveInteraction> batch, ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        var row = RowOf(userIndex);
        lock (row)
            Interlocked.Add(ref addedCount, row.Add(batch, supporters, audience));
    }

    /// <summary>Puts a user's whole history in the place of what is known, unless that was read later.</summary>
    /// <param name="userIndex">An index of the state.</param>
    /// <param name="all">Of this user.</param>
    /// <param name="seen">How far the reading came.</param>
    /// <param name="supporters">As of <see cref="Add"/>.</param>
    /// <param name="audience">As of <see cref="Add"/>.</param>
    internal void Rewrite(int userIndex, ReadOnlySpan<LiveInteraction> all, ReadPoint seen, ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        var row = RowOf(userIndex);
        lock (row)
            Interlocked.Add(ref addedCount, row.Rewrite(all, seen, supporters, audience));
    }

    /// <summary>Forgets a user for good.</summary>
    /// <param name="userIndex">An index of the state.</param>
    /// <param name="supporters">As of <see cref="Add"/>.</param>
    /// <param name="audience">As of <see cref="Add"/>.</param>
    internal void Erase(int userIndex, ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        var row = RowOf(userIndex);
        lock (row)
            row.Erase(supporters, audience);
    }

    /// <summary>Offers the users whose histories share most with this one's: the cosine of the sets of items they acted on. Those who arrived since the state was built are not found.</summary>
    internal void RetrieveSimilarUsers(int userIndex, TopK best)
    {
        var items = this[userIndex].Items;
        var shared = new Dictionary<int, int>();
        foreach (var item in items)
        {
            if (item >= dataset.Items.Count)
                break;
            foreach (var other in builtItemUsers.Value.RowColumns(item))
                shared[other] = shared.GetValueOrDefault(other) + 1;
        }

        foreach (var (other, count) in shared)
        {
            if (other != userIndex && this[other].Items.Length > 0)
                best.Offer(other, count / MathF.Sqrt((float)items.Length * dataset.UserItems.RowLength(other)));
        }
    }

    private LiveRow RowOf(int userIndex) => changed.GetOrAdd(userIndex, static (user, history) => new LiveRow(history.Built, user, history.limit, history.keepsEvents), this);
}
