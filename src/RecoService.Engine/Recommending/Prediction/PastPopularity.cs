using RecoService.Engine.Recommending.Histories;

namespace RecoService.Engine.Recommending.Prediction;

/// <summary>
/// How many users had done something that speaks for an item by a time, as far as the state was built from it. The count of now would give answers away, with the user's own part or without it: whoever
/// clicks an item is one of its users.
/// </summary>
internal sealed class PastPopularity
{
    private readonly int[] counts;
    private readonly List<(long Time, int Item)> later = [];
    private int next;

    /// <param name="history">What every user had done.</param>
    /// <param name="from">Unix milliseconds: no earlier time is asked about.</param>
    public PastPopularity(BuiltHistory history, long from)
    {
        counts = new int[history.ItemCount];
        var lastUser = new int[history.ItemCount];
        Array.Fill(lastUser, -1);
        for (var user = 0; user < history.UserCount; user++)
        {
            var events = history.HistoryOf(user).Events;
            for (var position = 0; position < events.Count; position++)
            {
                var item = events.Items[position];
                if (lastUser[item] == user || !(history.Kinds.WeightOf(events.KindIndexes[position], events.Values[position]) > 0))
                    continue;
                lastUser[item] = user;
                if (events.Times[position] < from)
                    counts[item]++;
                else
                    later.Add((events.Times[position], item));
            }
        }

        later.Sort();
    }

    /// <summary>Goes on to a time; times ascend.</summary>
    public void AdvanceTo(long time)
    {
        for (; next < later.Count && later[next].Time < time; next++)
            counts[later[next].Item]++;
    }

    /// <summary>Users of an item before the time; 0 for an item that came after the state was built.</summary>
    public int this[int itemIndex] => itemIndex < counts.Length ? counts[itemIndex] : 0;
}
