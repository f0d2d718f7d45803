using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>
/// One user's history with what came since the state was built. Readers take <see cref="View"/>, which never changes; a writer holds this row's lock.
/// The view has the newest items up to a limit; older ones are remembered beside it, so the row is the same however the interactions are cut into batches.
/// </summary>
/// <param name="built">What was known when the state was built.</param>
/// <param name="userIndex">A user of the state, or -1 for a session.</param>
/// <param name="limit">The most items of the view, and the most events.</param>
/// <param name="keepsEvents">Whether a model needs the single interactions.</param>
internal sealed class LiveRow(BuiltHistory built, int userIndex, int limit, bool keepsEvents)
{
    private readonly HashSet<LiveInteraction> added = [];
    private readonly HashSet<int> itemsWithUndoing = [];
    private readonly Dictionary<int, HistoryEntry> beyondView = [];
    private Dictionary<int, CountedRating>? ratingsSince;
    private ConsumedItems? consumed;
    private bool isErased;
    private bool isRewritten;
    private volatile RowView? view;

    /// <summary>What the history was read from; what that reading saw counts no second time.</summary>
    private ReadPoint through = built.Through;

    /// <summary>Of what the state was built from, nothing counts once the store has told the whole history anew.</summary>
    private int BuiltIndex => isRewritten ? -1 : userIndex;

    /// <summary>Null as long as nothing has changed.</summary>
    public RowView? View => view;

    /// <summary>Takes in interactions, in any order; those that were taken in already change nothing.</summary>
    /// <param name="batch">Of this user.</param>
    /// <param name="supporters">Takes +1 for each item that the user is now for and was not before, and -1 the other way round.</param>
    /// <param name="audience">Takes what this does to the audiences of the items; null: nobody asks.</param>
    /// <returns>How many were new.</returns>
    public int Add(ReadOnlySpan<LiveInteraction> batch, ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        if (isErased || NewOf(batch) is not { Length: > 0 } fresh)
            return 0;
        if (audience is not null)
            Note(fresh, audience);
        view = Count(view is { } known ? known.Context.User : BuiltWithinLimit(), fresh, supporters);
        return fresh.Length;
    }

    /// <summary>Puts a whole history in the place of what is known. What came since that was read stays; a reading older than the one before changes nothing.</summary>
    /// <param name="all">Of this user.</param>
    /// <param name="seen">How far the reading came.</param>
    /// <param name="supporters">As of <see cref="Add"/>.</param>
    /// <param name="audience">As of <see cref="Add"/>.</param>
    /// <returns>How many interactions were taken in.</returns>
    public int Rewrite(ReadOnlySpan<LiveInteraction> all, ReadPoint seen, ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        if (isErased || !seen.IsAfter(through))
            return 0;
        var before = Supported();
        audience?.Take(All());
        LiveInteraction[] unseen = [.. added.Where(interaction => !seen.Covers(interaction.Change))];
        Clear();
        (isRewritten, through) = (true, ReadPoint.None);
        var fresh = NewOf([.. all, .. unseen]);
        through = seen;
        view = Count(new UserHistory(userIndex), fresh, []);
        var now = Supported();
        foreach (var item in before.Except(now))
            supporters.Add((item, -1));
        foreach (var item in now.Except(before))
            supporters.Add((item, 1));
        audience?.Put(All());
        return fresh.Length;
    }

    /// <summary>Forgets everything, and takes in nothing more.</summary>
    /// <param name="supporters">Takes -1 for each item that the user was for.</param>
    /// <param name="audience">As of <see cref="Add"/>.</param>
    public void Erase(ICollection<(int Item, int Change)> supporters, AudienceChanges? audience = null)
    {
        if (isErased)
            return;
        audience?.Take(All());
        foreach (var item in Supported())
            supporters.Add((item, -1));
        isErased = true;
        Clear();
        view = RowView.Nothing;
    }

    private void Clear()
    {
        added.Clear();
        itemsWithUndoing.Clear();
        beyondView.Clear();
        ratingsSince = null;
        consumed = ConsumedItems.None;
    }

    /// <summary>Those that are not known yet, by item, and each item's in their order.</summary>
    private LiveInteraction[] NewOf(ReadOnlySpan<LiveInteraction> batch)
    {
        var fresh = new LiveInteraction[batch.Length];
        var count = 0;
        added.EnsureCapacity(added.Count + batch.Length);
        foreach (var interaction in batch)
        {
            if (!through.Covers(interaction.Change) && !built.Holds(BuiltIndex, interaction) && added.Add(interaction))
                fresh[count++] = interaction;
        }

        Array.Resize(ref fresh, count);
        if (count > 1)
        {
            var order = new long[count];
            for (var position = 0; position < count; position++)
                order[position] = ((long)fresh[position].ItemIndex << 32) | (uint)position;
            Array.Sort(order, fresh);
        }

        return fresh;
    }

    private RowView Count(in UserHistory history, LiveInteraction[] fresh, ICollection<(int Item, int Change)> supporters)
    {
        var changed = new HistoryEntry[fresh.Length];
        var consumedChanges = new List<(int Item, ConsumedTime? Time)>();
        var (changedCount, growth) = (0, 0);
        for (var (first, end) = (0, 0); first < fresh.Length; first = end)
        {
            var item = fresh[first].ItemIndex;
            while (end < fresh.Length && fresh[end].ItemIndex == item)
                end++;
            var entry = EntryOf(history, item, out var isInView);
            var wasFor = entry.Weight > 0;
            var (consumedBefore, consumedNow) = (Consumed().TimeOf(item), Consumed().TimeOf(item));
            ReadOnlySpan<LiveInteraction> some = fresh.AsSpan(first..end);
            if (HasUndoing(item, some))
            {
                (entry, consumedNow) = (HistoryEntry.Nothing(item), null);
                some = CountingOf(item);
            }

            foreach (var interaction in some)
            {
                entry = Count(entry, interaction);
                if (built.Kinds[interaction.KindIndex].Consumes)
                    consumedNow = (consumedNow ?? new ConsumedTime(int.MinValue, int.MinValue)).With(ConsumedTime.Of(built.Kinds, interaction.KindIndex, interaction.Time));
            }

            changed[changedCount++] = entry;
            growth += (entry.IsNothing ? 0 : 1) - (isInView ? 1 : 0);
            if (entry.Weight > 0 != wasFor)
                supporters.Add((item, wasFor ? -1 : 1));
            if (consumedNow != consumedBefore)
                consumedChanges.Add((item, consumedNow));
        }

        if (consumedChanges.Count > 0)
            consumed = Consumed().With(consumedChanges);
        return new RowView(userIndex, Newest(HistoryColumns.Merge(history, changed.AsSpan(0, changedCount), growth)), Events(), Consumed());
    }

    private EventColumns Events() => keepsEvents ? EventColumns.Of(built.Kinds, [.. All()], limit) : EventColumns.None;

    /// <summary>What the user did, what was undone included.</summary>
    private List<LiveInteraction> All()
    {
        var all = built.InteractionsOf(BuiltIndex);
        all.AddRange(added);
        return all;
    }

    /// <summary>Goes through the history once, however many items the batch has.</summary>
    private void Note(LiveInteraction[] fresh, AudienceChanges audience)
    {
        var (items, news) = (new HashSet<int>(), new HashSet<LiveInteraction>(fresh));
        foreach (var interaction in fresh)
            items.Add(interaction.ItemIndex);
        var some = built.InteractionsOf(BuiltIndex, items.Contains);
        foreach (var interaction in added)
        {
            if (items.Contains(interaction.ItemIndex) && !news.Contains(interaction))
                some.Add(interaction);
        }

        audience.Take(some);
        some.AddRange(fresh);
        audience.Put(some);
    }

    /// <summary>Whether something undoes what the user did with an item, so that its interactions have to be looked at together.</summary>
    private bool HasUndoing(int item, ReadOnlySpan<LiveInteraction> some)
    {
        foreach (var interaction in some)
        {
            if (built.Kinds.UndoneBy(interaction.KindIndex) is not null)
                itemsWithUndoing.Add(item);
        }

        return itemsWithUndoing.Contains(item) || built.HasUndoing(BuiltIndex, item);
    }

    /// <summary>Of all interactions with an item, those that count by the rule of the kinds that undo.</summary>
    private LiveInteraction[] CountingOf(int item)
    {
        LiveInteraction[] all = [.. built.InteractionsOf(BuiltIndex, item), .. added.Where(interaction => interaction.ItemIndex == item)];
        var counts = new bool[all.Length];
        Undoing.Mark(
            built.Kinds, Array.ConvertAll(all, interaction => interaction.ItemIndex), Array.ConvertAll(all, interaction => interaction.KindIndex),
            Array.ConvertAll(all, interaction => interaction.Time), counts);
        return [.. all.Where((_, position) => counts[position])];
    }

    private UserHistory BuiltWithinLimit()
    {
        var history = built.HistoryOf(BuiltIndex);
        return history.Items.Length <= limit ? history : HistoryColumns.Of(history).Newest(limit, []).Of(userIndex);
    }

    private HistoryEntry EntryOf(in UserHistory history, int item, out bool isInView)
    {
        var position = history.Items.BinarySearch(item);
        isInView = position >= 0;
        if (isInView)
            return new HistoryEntry(item, history.Weights[position], history.Times[position], history.Ratings[position]);
        // What was undone is in no column any more, and no longer what it was when the state was built.
        return beyondView.Remove(item, out var remembered) ? remembered : itemsWithUndoing.Contains(item) ? HistoryEntry.Nothing(item) : built.EntryOf(BuiltIndex, item);
    }

    /// <summary>The items that the user is for, those beyond the view among them.</summary>
    private HashSet<int> Supported()
    {
        var items = new HashSet<int>();
        Note(built.HistoryOf(BuiltIndex));
        items.ExceptWith(itemsWithUndoing);
        foreach (var entry in beyondView.Values)
            Mark(entry.Item, entry.Weight);
        if (view is { } known)
            Note(known.Context.User);
        return items;

        void Note(in UserHistory history)
        {
            for (var position = 0; position < history.Items.Length; position++)
                Mark(history.Items[position], history.Weights[position]);
        }

        void Mark(int item, float weight)
        {
            if (weight > 0)
                items.Add(item);
            else
                items.Remove(item);
        }
    }

    private HistoryEntry Count(HistoryEntry entry, LiveInteraction interaction)
    {
        var weight = built.WeightOf(interaction);
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
        : built.RatingOf(BuiltIndex, entry.Item);

    private ConsumedItems Consumed() => consumed ??= new ConsumedItems([.. built.ConsumedOf(BuiltIndex)], [.. built.ConsumedTimesOf(BuiltIndex)]);

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
