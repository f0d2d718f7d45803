using RecoService.Engine.Data;
using RecoService.Engine.Recommending.Catalogue;
using RecoService.Engine.Recommending.Histories;
using RecoService.Engine.Recommending.Profiles;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Engine.Recommending;

/// <summary>Takes writes into the live parts of a state, from any number of threads.</summary>
/// <param name="state">Whose users, items, catalogue and history they are.</param>
/// <param name="newItems">Hears of items that the recommender was not trained on.</param>
/// <param name="demand">Hears of users that an item wins.</param>
/// <param name="audience">Hears of who does what with an item.</param>
/// <param name="shown">What was shown to whom lately; null where nobody asks.</param>
internal sealed class LiveChanges(ServingState state, NewItems newItems, ItemDemand demand, ItemAudience audience, ShownItems? shown)
{
    private readonly Lock gate = new();
    private readonly HashSet<int> erasedUserKeys = [];
    private int addedUsers;

    /// <summary>Users that came without any interaction, and users that were erased.</summary>
    public int Count => addedUsers + erasedUserKeys.Count;

    /// <summary>Takes in an item's record, new or changed.</summary>
    public void Apply(ServedItem item)
    {
        lock (gate)
            Put(item);
    }

    /// <summary>
    /// Takes in interactions, of any users and in any order; twice is as good as once. Unknown users and items become known. Each user's history is made
    /// anew once, under a lock of that user.
    /// </summary>
    public void Apply(IReadOnlyList<ServedInteraction> batch)
    {
        if (shown is not null)
        {
            // Who does something with an item is not tired of it.
            foreach (var interaction in batch)
                shown.Clear(interaction.UserKey, interaction.ItemKey);
        }

        var (users, interactions) = Resolve(batch);
        Array.Sort(users, interactions);
        var supporters = new List<(int Item, int Change)>();
        var won = new List<(int Item, long Time)>();
        var uses = audience.NewChanges();
        for (var first = 0; first < users.Length;)
        {
            var (user, end) = (UserOf(users[first]), first + 1);
            while (end < users.Length && UserOf(users[end]) == user)
                end++;
            var before = supporters.Count;
            state.History.Add(user, interactions.AsSpan(first..end), supporters, uses);
            for (; before < supporters.Count; before++)
            {
                if (supporters[before].Change > 0)
                    won.Add((supporters[before].Item, FirstTimeOf(interactions.AsSpan(first..end), supporters[before].Item)));
            }

            first = end;
        }

        CountUsers(supporters, won, uses);

        static int UserOf(long userThenPlace) => (int)(userThenPlace >> 32);
    }

    private static long FirstTimeOf(ReadOnlySpan<LiveInteraction> interactions, int itemIndex)
    {
        var time = long.MaxValue;
        foreach (var interaction in interactions)
        {
            if (interaction.ItemIndex == itemIndex)
                time = Math.Min(time, interaction.Time);
        }

        return time;
    }

    /// <summary>Takes in a user's record, new or changed.</summary>
    public void Apply(ServedUser user)
    {
        lock (gate)
        {
            if (erasedUserKeys.Contains(user.Key))
                return;
            if (!state.Users.TryGetIndexOfKey(user.Key, out var userIndex))
            {
                userIndex = state.Users.GetOrAdd(user.Key, user.UserId);
                addedUsers++;
            }

            if (state.UserAttributes.Put(userIndex, user.Revision, user.Attributes))
                state.UserAssignments.Put(userIndex, user.AssignmentId);
        }
    }

    /// <summary>Puts a user's whole history in the place of what is known; an older reading that arrives later changes nothing.</summary>
    public void Apply(RewrittenUser user)
    {
        int userIndex;
        lock (gate)
        {
            if (erasedUserKeys.Contains(user.UserKey))
                return;
            userIndex = state.Users.GetOrAdd(user.UserKey, user.UserId);
        }

        var supporters = new List<(int Item, int Change)>();
        var uses = audience.NewChanges();
        state.History.Rewrite(userIndex, Resolve(user.Interactions).Interactions, user.Through, supporters, uses);
        // A correction says nothing of demand.
        CountUsers(supporters, [], uses);
    }

    private void CountUsers(List<(int Item, int Change)> supporters, List<(int Item, long Time)> won, AudienceChanges uses)
    {
        if (supporters.Count == 0 && !uses.Any)
            return;
        lock (gate)
        {
            foreach (var (item, change) in supporters)
                state.Catalogue.CountUsers(item, change);
            foreach (var (item, time) in won)
                demand.Add(item, time);
            audience.Apply(uses);
        }
    }

    /// <summary>Forgets a user; keys are never used again, so the same id arriving later is somebody new.</summary>
    public void EraseUser(int userKey)
    {
        int userIndex;
        lock (gate)
        {
            erasedUserKeys.Add(userKey);
            shown?.Erase(userKey);
            if (!state.Users.TryGetIndexOfKey(userKey, out userIndex))
                return;
            state.Users.Erase(userIndex);
            state.UserAttributes.Clear(userIndex);
            state.UserAssignments.Put(userIndex, null);
        }

        var (supporters, uses) = (new List<(int Item, int Change)>(), audience.NewChanges());
        state.History.Erase(userIndex, supporters, uses);
        CountUsers(supporters, [], uses);
    }

    /// <summary>The interactions in terms of this state, with the user's index and the place in the batch, which keeps equal times in their order.</summary>
    private (long[] UserThenPlace, LiveInteraction[] Interactions) Resolve(IReadOnlyList<ServedInteraction> batch)
    {
        var users = new long[batch.Count];
        var interactions = new LiveInteraction[batch.Count];
        var count = 0;
        lock (gate)
        {
            for (var position = 0; position < batch.Count; position++)
            {
                var interaction = batch[position];
                if (erasedUserKeys.Contains(interaction.UserKey))
                    continue;
                if (!state.Items.TryGetIndexOfKey(interaction.ItemKey, out var itemIndex))
                    itemIndex = Put(new ServedItem(interaction.ItemKey, interaction.ItemId, CatalogueItem.Unlisted with { AddedAt = interaction.Time }));
                users[count] = ((long)state.Users.GetOrAdd(interaction.UserKey, interaction.UserId) << 32) | (uint)position;
                interactions[count++] = new LiveInteraction(itemIndex, interaction.KindIndex, interaction.Value, interaction.Time) { Change = interaction.Change };
            }
        }

        Array.Resize(ref users, count);
        Array.Resize(ref interactions, count);
        return (users, interactions);
    }

    private int Put(ServedItem item)
    {
        var itemIndex = state.Items.GetOrAdd(item.Key, item.ItemId);
        if (state.Catalogue.TryPut(itemIndex, item.Item))
            PutNew(itemIndex, item.Key, item.Content);
        return itemIndex;
    }

    private void PutNew(int itemIndex, int key, ItemContent? content) =>
        newItems.Put(itemIndex, key, state.Catalogue.Columns.IsListed(itemIndex), state.Catalogue.Columns.AddedAt[itemIndex], content);
}
