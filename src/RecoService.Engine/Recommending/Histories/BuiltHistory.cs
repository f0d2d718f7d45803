using RecoService.Engine.Data;
using RecoService.Engine.Recommending;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What was known of each user when the state was built. Never changes. Users and items that arrived later have done nothing here.</summary>
internal sealed class BuiltHistory
{
    private readonly InteractionDataset dataset;
    private readonly ConsumedRows consumed;

    /// <param name="dataset">What every user had done.</param>
    /// <param name="through">What the reading of it saw.</param>
    public BuiltHistory(InteractionDataset dataset, ReadPoint through)
    {
        this.dataset = dataset;
        Through = through;
        consumed = new ConsumedRows(dataset);
    }

    /// <summary>What the reading saw that the state was built from.</summary>
    public ReadPoint Through { get; }

    public InteractionKinds Kinds => dataset.Kinds;

    public int UserCount => dataset.Users.Count;

    public int ItemCount => dataset.Items.Count;

    /// <summary>|I|: how many users are for each item: those whose interactions with it weigh more than 0.</summary>
    public int[] CountUsers()
    {
        var counts = new int[dataset.Items.Count];
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var items = dataset.UserItems.RowColumns(user);
            var weights = dataset.UserItems.RowValues(user);
            for (var position = 0; position < items.Length; position++)
                counts[items[position]] += weights[position] > 0 ? 1 : 0;
        }

        return counts;
    }

    /// <summary>The items that a user has consumed, ascending.</summary>
    public ReadOnlySpan<int> ConsumedOf(int userIndex) => IsKnown(userIndex) ? consumed.ItemsOf(userIndex) : [];

    /// <summary>When; one per item of <see cref="ConsumedOf"/>.</summary>
    public ReadOnlySpan<ConsumedTime> ConsumedTimesOf(int userIndex) => IsKnown(userIndex) ? consumed.TimesOf(userIndex) : [];

    /// <summary>What an interaction adds to the weight of its item.</summary>
    public float WeightOf(in LiveInteraction interaction) =>
        Kinds.WeightOf(interaction.KindIndex, interaction.Value) * MathF.Min(1, dataset.DecayAt(interaction.Time));

    public UserHistory HistoryOf(int userIndex) => IsKnown(userIndex) ? dataset.HistoryOf(userIndex) : new UserHistory(userIndex);

    /// <summary>What a user did with an item; of weight 0, nothing.</summary>
    public HistoryEntry EntryOf(int userIndex, int itemIndex)
    {
        var history = HistoryOf(userIndex);
        var position = history.Items.BinarySearch(itemIndex);
        return position < 0 ? HistoryEntry.Nothing(itemIndex) : new HistoryEntry(itemIndex, history.Weights[position], history.Times[position], history.Ratings[position]);
    }

    /// <summary>Whether the state was built from this very interaction, which the store may send again after a swap.</summary>
    public bool Holds(int userIndex, in LiveInteraction interaction)
    {
        if (!IsKnown(userIndex))
            return false;
        var times = dataset.UserTimes(userIndex);
        var items = dataset.UserItemIndexes(userIndex);
        var kinds = dataset.UserKinds(userIndex);
        var values = dataset.UserValues(userIndex);
        for (var position = FirstAt(times, interaction.Time); position < times.Length && times[position] == interaction.Time; position++)
        {
            if (items[position] == interaction.ItemIndex && kinds[position] == interaction.KindIndex && values[position] == interaction.Value)
                return true;
        }

        return dataset.UndoneOf(userIndex).Contains(new UndoneInteraction(interaction.ItemIndex, interaction.KindIndex, interaction.Value, interaction.Time));
    }

    /// <summary>A user's last rating of an item, with the weight that it has in the history; null when there is none.</summary>
    public LiveRow.CountedRating? RatingOf(int userIndex, int itemIndex)
    {
        if (!IsKnown(userIndex))
            return null;
        var items = dataset.UserItemIndexes(userIndex);
        var kinds = dataset.UserKinds(userIndex);
        for (var position = items.LastIndexOf(itemIndex); position >= 0; position = items[..position].LastIndexOf(itemIndex))
        {
            if (kinds[position] != Kinds.RatingIndex)
                continue;
            var time = dataset.UserTimes(userIndex)[position];
            return new LiveRow.CountedRating(time, Kinds.WeightOf(Kinds.RatingIndex, dataset.UserValues(userIndex)[position]) * dataset.DecayAt(time));
        }

        return null;
    }

    /// <summary>Whether something undid, or tried to undo, what a user did with an item.</summary>
    public bool HasUndoing(int userIndex, int itemIndex)
    {
        foreach (var interaction in IsKnown(userIndex) ? dataset.UndoneOf(userIndex) : [])
        {
            if (interaction.ItemIndex == itemIndex)
                return true;
        }

        return false;
    }

    /// <summary>All that a user did, what was undone and what undid it included.</summary>
    /// <param name="userIndex">Of the state; -1 did nothing.</param>
    public List<LiveInteraction> InteractionsOf(int userIndex) => InteractionsOf(userIndex, static _ => true);

    /// <summary>All that a user did with one item.</summary>
    /// <param name="userIndex">As of the other.</param>
    /// <param name="itemIndex">The item.</param>
    public List<LiveInteraction> InteractionsOf(int userIndex, int itemIndex) => InteractionsOf(userIndex, item => item == itemIndex);

    /// <summary>All that a user did with some items.</summary>
    /// <param name="userIndex">As of the others.</param>
    /// <param name="isWanted">Says of an item whether it is one of them.</param>
    public List<LiveInteraction> InteractionsOf(int userIndex, Predicate<int> isWanted)
    {
        var found = new List<LiveInteraction>();
        if (!IsKnown(userIndex))
            return found;
        var items = dataset.UserItemIndexes(userIndex);
        for (var position = 0; position < items.Length; position++)
        {
            if (isWanted(items[position]))
                found.Add(new LiveInteraction(items[position], dataset.UserKinds(userIndex)[position], dataset.UserValues(userIndex)[position], dataset.UserTimes(userIndex)[position]));
        }

        foreach (var undone in dataset.UndoneOf(userIndex))
        {
            if (isWanted(undone.ItemIndex))
                found.Add(new LiveInteraction(undone.ItemIndex, undone.KindIndex, undone.Value, undone.Time));
        }

        return found;
    }

    private bool IsKnown(int userIndex) => userIndex >= 0 && userIndex < dataset.Users.Count;

    private static int FirstAt(ReadOnlySpan<long> ascending, long time)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (ascending[middle] < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
