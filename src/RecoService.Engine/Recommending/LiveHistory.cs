using System.Collections.Concurrent;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending;

/// <summary>
/// What each user did: what was known when the state was built, and what came since. Readers take no lock; writers are serialised by the
/// <see cref="ServingState"/>.
/// </summary>
public sealed class LiveHistory
{
    private readonly InteractionDataset built;
    private readonly SparseMatrix builtConsumed;
    private readonly Lazy<SparseMatrix> builtItemUsers;
    private readonly ConcurrentDictionary<int, LiveRow> changed = new();

    internal LiveHistory(InteractionDataset built)
    {
        this.built = built;
        builtConsumed = ConsumedOf(built);
        builtItemUsers = new(() => built.UserItems.Transpose());
    }

    internal SparseMatrix BuiltConsumed => builtConsumed;

    /// <summary>The history of a user of this state, up to this moment; of -1, nothing.</summary>
    public UserHistory this[int userIndex] => ContextOf(userIndex).User;

    /// <summary>How many interactions came since the state was built.</summary>
    internal int AddedCount { get; private set; }

    /// <summary>What a request knows of a user of this state, up to this moment; of -1, nothing.</summary>
    internal RequestContext ContextOf(int userIndex) =>
        userIndex >= 0 && changed.TryGetValue(userIndex, out var row) ? row.Context
        : IsBuilt(userIndex) ? new RequestContext(built.HistoryOf(userIndex), builtConsumed.RowColumns(userIndex))
        : new RequestContext(new UserHistory(userIndex), []);

    /// <summary>Takes in an interaction; one that was taken in already changes nothing.</summary>
    /// <returns>True when it made the user consume an item he had not consumed before.</returns>
    internal bool Add(int userIndex, LiveInteraction interaction)
    {
        var row = changed.GetValueOrDefault(userIndex) ?? LiveRow.Of(ContextOf(userIndex), IsBuilt(userIndex));
        if (row.With(interaction, built.Kinds) is not { } next)
            return false;
        changed[userIndex] = next;
        AddedCount++;
        return next.Consumed.Length > row.Consumed.Length;
    }

    internal void Erase(int userIndex)
    {
        if (userIndex >= 0)
            changed[userIndex] = LiveRow.Of(new RequestContext(new UserHistory(-1), []), isBuilt: false);
    }

    /// <summary>Offers the users whose histories share most with this one's: the cosine of the sets of items they acted on. Those who arrived since the state was built are not found.</summary>
    internal void RetrieveSimilarUsers(int userIndex, TopK best)
    {
        var items = this[userIndex].Items;
        var shared = new Dictionary<int, int>();
        foreach (var item in items)
        {
            if (item >= built.Items.Count)
                break;
            foreach (var other in builtItemUsers.Value.RowColumns(item))
                shared[other] = shared.GetValueOrDefault(other) + 1;
        }

        foreach (var (other, count) in shared)
        {
            if (other != userIndex && this[other].Items.Length > 0)
                best.Offer(other, count / MathF.Sqrt((float)items.Length * built.UserItems.RowLength(other)));
        }
    }

    private bool IsBuilt(int userIndex) => userIndex >= 0 && userIndex < built.Users.Count;

    private static SparseMatrix ConsumedOf(InteractionDataset dataset)
    {
        var rows = new List<int>();
        var columns = new List<int>();
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var items = dataset.UserItemIndexes(user);
            var kinds = dataset.UserKinds(user);
            for (var place = 0; place < items.Length; place++)
            {
                if (dataset.Kinds[kinds[place]].Consumes)
                {
                    rows.Add(user);
                    columns.Add(items[place]);
                }
            }
        }

        return SparseMatrix.FromEntries(dataset.Users.Count, dataset.Items.Count, [.. rows], [.. columns], new float[rows.Count]);
    }
}
