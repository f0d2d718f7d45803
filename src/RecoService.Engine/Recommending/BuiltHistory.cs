using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending;

/// <summary>What was known of each user when the state was built. Never changes. Users and items that arrived later have done nothing here.</summary>
internal sealed class BuiltHistory
{
    private readonly InteractionDataset dataset;
    private readonly SparseMatrix consumed;

    public BuiltHistory(InteractionDataset dataset)
    {
        this.dataset = dataset;
        consumed = ConsumedIn(dataset);
    }

    public InteractionKinds Kinds => dataset.Kinds;

    /// <summary>The items that a user has consumed, ascending.</summary>
    public ReadOnlySpan<int> ConsumedOf(int userIndex) => IsKnown(userIndex) ? consumed.RowColumns(userIndex) : [];

    public UserHistory HistoryOf(int userIndex) => IsKnown(userIndex) ? dataset.HistoryOf(userIndex) : new UserHistory(userIndex);

    /// <summary>What a user did with an item; of weight 0, nothing.</summary>
    public HistoryEntry EntryOf(int userIndex, int itemIndex)
    {
        var history = HistoryOf(userIndex);
        var place = history.Items.BinarySearch(itemIndex);
        return place < 0 ? new HistoryEntry(itemIndex, 0, long.MinValue, float.NaN) : new HistoryEntry(itemIndex, history.Weights[place], history.Times[place], history.Ratings[place]);
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
        for (var place = FirstAt(times, interaction.Time); place < times.Length && times[place] == interaction.Time; place++)
        {
            if (items[place] == interaction.ItemIndex && kinds[place] == interaction.KindIndex && values[place] == interaction.Value)
                return true;
        }

        return false;
    }

    /// <summary>A user's last rating of an item, with the weight that it has in the history; null when there is none.</summary>
    public LiveRow.CountedRating? RatingOf(int userIndex, int itemIndex)
    {
        if (!IsKnown(userIndex))
            return null;
        var items = dataset.UserItemIndexes(userIndex);
        var kinds = dataset.UserKinds(userIndex);
        for (var place = items.LastIndexOf(itemIndex); place >= 0; place = items[..place].LastIndexOf(itemIndex))
        {
            if (kinds[place] != Kinds.RatingIndex)
                continue;
            var time = dataset.UserTimes(userIndex)[place];
            return new LiveRow.CountedRating(time, Kinds.WeightOf(Kinds.RatingIndex, dataset.UserValues(userIndex)[place]) * dataset.DecayAt(time));
        }

        return null;
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

    private static SparseMatrix ConsumedIn(InteractionDataset dataset)
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
