using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending;

/// <summary>
/// One user's history with what came since the state was built. Readers take <see cref="View"/>, which never changes; a writer holds this row's lock.
/// The view has the newest items up to a limit; older ones are remembered beside it, so the row is the same however the interactions are cut into batches.
/// </summary>
/// <param name="built">What was known when the state was built.</param>
/// <param name="userIndex">A user of the state, or -1 for a session.</param>
/// <param name="limit">The most items of the view.</param>
internal sealed class LiveRow(BuiltHistory built, int userIndex, int limit)
{
    private readonly HashSet<LiveInteraction> added = [];
    private readonly Dictionary<int, HistoryEntry> beyondView = [];
    private readonly HashSet<int> consumedSince = [];
    private Dictionary<int, CountedRating>? ratingsSince;
    private int[]? consumed;
    private int consumedCount;
    private bool isErased;
    private volatile RowView? view;

    /// <summary>Null as long as nothing has changed.</summary>
    public RowView? View => view;

    /// <summary>Takes in interactions, in any order; those that were taken in already change nothing.</summary>
    /// <param name="batch">Of this user.</param>
    /// <param name="newlyConsumed">Takes the items that the user had not consumed before.</param>
    /// <returns>How many were new.</returns>
    public int Add(ReadOnlySpan<LiveInteraction> batch, ICollection<int> newlyConsumed)
    {
        if (isErased || NewOf(batch) is not { Length: > 0 } fresh)
            return 0;

        var history = view is { } known ? known.Context.User : BuiltWithinLimit();
        var changed = new HistoryEntry[fresh.Length];
        var (changedCount, newCount) = (0, 0);
        for (var place = 0; place < fresh.Length;)
        {
            var item = fresh[place].ItemIndex;
            var entry = EntryOf(history, item, ref newCount);
            for (; place < fresh.Length && fresh[place].ItemIndex == item; place++)
            {
                entry = Count(entry, fresh[place]);
                Consume(fresh[place], newlyConsumed);
            }

            changed[changedCount++] = entry;
        }

        var columns = HistoryColumns.Merge(history, changed.AsSpan(0, changedCount), newCount);
        view = new RowView(userIndex, Newest(columns), Consumed(), consumedCount);
        return fresh.Length;
    }

    /// <summary>Forgets everything, and takes in nothing more.</summary>
    public void Erase()
    {
        isErased = true;
        added.Clear();
        beyondView.Clear();
        consumedSince.Clear();
        ratingsSince = null;
        consumed = [];
        view = RowView.Nothing;
    }

    /// <summary>Those that are not known yet, by item, and each item's in their order.</summary>
    private LiveInteraction[] NewOf(ReadOnlySpan<LiveInteraction> batch)
    {
        var fresh = new LiveInteraction[batch.Length];
        var count = 0;
        foreach (var interaction in batch)
        {
            if (!built.Holds(userIndex, interaction) && added.Add(interaction))
                fresh[count++] = interaction;
        }

        Array.Resize(ref fresh, count);
        if (count > 1)
        {
            var order = new long[count];
            for (var place = 0; place < count; place++)
                order[place] = ((long)fresh[place].ItemIndex << 32) | (uint)place;
            Array.Sort(order, fresh);
        }

        return fresh;
    }

    private UserHistory BuiltWithinLimit()
    {
        var history = built.HistoryOf(userIndex);
        return history.Items.Length <= limit ? history : HistoryColumns.Of(history).Newest(limit, []).Of(userIndex);
    }

    private HistoryEntry EntryOf(in UserHistory history, int item, ref int newCount)
    {
        var place = history.Items.BinarySearch(item);
        if (place >= 0)
            return new HistoryEntry(item, history.Weights[place], history.Times[place], history.Ratings[place]);
        newCount++;
        return beyondView.Remove(item, out var remembered) ? remembered : built.EntryOf(userIndex, item);
    }

    private HistoryEntry Count(HistoryEntry entry, LiveInteraction interaction)
    {
        var weight = built.Kinds.WeightOf(interaction.KindIndex, interaction.Value);
        if (interaction.KindIndex == built.Kinds.RatingIndex)
        {
            // A user has one rating of an item: the newest takes the place of the older one's weight.
            if (RatingOf(entry) is { } known)
            {
                if (interaction.Time < known.Time)
                    return entry;
                entry = entry with { Weight = entry.Weight - known.Weight };
            }

            (ratingsSince ??= [])[entry.Item] = new CountedRating(interaction.Time, weight);
            entry = entry with { Rating = interaction.Value };
        }

        return entry with { Weight = entry.Weight + weight, Time = Math.Max(entry.Time, interaction.Time) };
    }

    private CountedRating? RatingOf(HistoryEntry entry) =>
        float.IsNaN(entry.Rating) ? null
        : ratingsSince is not null && ratingsSince.TryGetValue(entry.Item, out var since) ? since
        : built.RatingOf(userIndex, entry.Item);

    private void Consume(LiveInteraction interaction, ICollection<int> newlyConsumed)
    {
        var item = interaction.ItemIndex;
        if (!built.Kinds[interaction.KindIndex].Consumes || built.ConsumedOf(userIndex).BinarySearch(item) >= 0 || !consumedSince.Add(item))
            return;
        newlyConsumed.Add(item);
        var items = Consumed();
        if (consumedCount == items.Length)
            Array.Resize(ref items, Math.Max(4, 2 * items.Length));
        // Views that readers hold end before this place.
        items[consumedCount++] = item;
        consumed = items;
    }

    private int[] Consumed()
    {
        if (consumed is null)
        {
            consumed = built.ConsumedOf(userIndex).ToArray();
            consumedCount = consumed.Length;
        }

        return consumed;
    }

    private HistoryColumns Newest(HistoryColumns columns)
    {
        if (columns.Items.Length <= limit)
            return columns;
        var older = new List<HistoryEntry>();
        var newest = columns.Newest(limit, older);
        foreach (var entry in older)
            beyondView[entry.Item] = entry;
        return newest;
    }

    /// <param name="Time">Unix milliseconds.</param>
    /// <param name="Weight">What it adds to the weight of its item.</param>
    public readonly record struct CountedRating(long Time, float Weight);
}
