using System.Runtime.InteropServices;

namespace RecoService.Engine.Data;

/// <summary>Collects interactions one by one, in any order, and freezes them. Not thread-safe.</summary>
/// <param name="kinds">The table that kind indexes refer to.</param>
public sealed class InteractionDatasetBuilder(InteractionKinds kinds)
{
    private readonly Dictionary<int, int> userPositions = [];
    private readonly Dictionary<int, int> itemPositions = [];
    private readonly Dictionary<int, ItemContent> contents = [];
    private readonly Dictionary<int, UserContent> userContents = [];
    private readonly List<int> users = [];
    private readonly List<int> items = [];
    private readonly List<byte> kindIndexes = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];
    private readonly ExposuresBuilder exposures = new();
    private bool anyUndoes;

    public int Count => users.Count;

    /// <param name="userKey">The store's key of the user.</param>
    /// <param name="itemKey">The store's key of the item.</param>
    /// <param name="kindIndex">An index of the kinds table.</param>
    /// <param name="value">The rating, or 0 where the kind has no value.</param>
    /// <param name="unixMilliseconds">When it happened.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kinds table has no such index.</exception>
    public void Add(int userKey, int itemKey, byte kindIndex, float value, long unixMilliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(kindIndex, kinds.Count);
        users.Add(PositionOf(userPositions, userKey));
        items.Add(PositionOf(itemPositions, itemKey));
        kindIndexes.Add(kindIndex);
        anyUndoes |= kinds.UndoneBy(kindIndex) is not null;
        values.Add(value);
        times.Add(unixMilliseconds);
    }

    /// <summary>Makes a user known who may have done nothing.</summary>
    public void AddUser(int userKey) => PositionOf(userPositions, userKey);

    /// <summary>Makes an item known that nobody may have touched.</summary>
    public void AddItem(int itemKey) => PositionOf(itemPositions, itemKey);

    /// <summary>Says what the catalogue knows of an item, whether or not anybody has touched it; the last word on an item counts.</summary>
    public void AddContent(int itemKey, ItemContent content)
    {
        AddItem(itemKey);
        contents[itemKey] = content;
    }

    /// <summary>Says what is known of a user; one who is not added otherwise is passed over, and the last word on a user counts.</summary>
    public void AddUserContent(int userKey, UserContent content) => userContents[userKey] = content;

    /// <summary>Says that a user was shown a list; one of a user who is not added otherwise is passed over.</summary>
    /// <param name="userKey">The store's key of the user.</param>
    /// <param name="shownAt">When, Unix milliseconds.</param>
    /// <param name="itemKeys">The items from the top; any other number for one that is not to be learned from.</param>
    /// <param name="touchedAt">When each was clicked or bought, or <see cref="Exposures.Untouched"/>.</param>
    /// <param name="propensities">How probable each was to stand there, above 0 and at most 1; empty where no place was drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parts are not of one length, or a propensity is none.</exception>
    public void AddShown(int userKey, long shownAt, ReadOnlySpan<int> itemKeys, ReadOnlySpan<long> touchedAt, ReadOnlySpan<float> propensities = default) =>
        exposures.Add(userKey, shownAt, itemKeys, touchedAt, propensities);

    /// <summary>Freezes what was added, without what was undone. Interactions of one user at the same time keep the order they were added in.</summary>
    /// <param name="watermark">How far the log had been read; opaque.</param>
    public InteractionDataset Build(string watermark = "")
    {
        var (userKeys, userIndexes) = Order(userPositions);
        var (itemKeys, itemIndexes) = Order(itemPositions);
        var count = users.Count;

        var starts = new int[userKeys.Count + 1];
        foreach (var position in users)
            starts[userIndexes[position] + 1]++;
        for (var user = 0; user < userKeys.Count; user++)
            starts[user + 1] += starts[user];

        var order = new int[count];
        var next = starts.AsSpan(0, userKeys.Count).ToArray();
        for (var entry = 0; entry < count; entry++)
            order[next[userIndexes[users[entry]]]++] = entry;

        var sortedItems = new int[count];
        var sortedKinds = new byte[count];
        var sortedValues = new float[count];
        var sortedTimes = new long[count];
        for (var position = 0; position < count; position++)
            sortedTimes[position] = times[order[position]];
        for (var user = 0; user < userKeys.Count; user++)
            SortByTime(sortedTimes.AsSpan(starts[user]..starts[user + 1]), order.AsSpan(starts[user]..starts[user + 1]));
        for (var position = 0; position < count; position++)
        {
            var entry = order[position];
            sortedItems[position] = itemIndexes[items[entry]];
            sortedKinds[position] = kindIndexes[entry];
            sortedValues[position] = values[entry];
        }

        var all = new InteractionDataset(kinds, userKeys, itemKeys, Ordered(contents, itemKeys), Ordered(userContents, userKeys), watermark, starts, sortedItems, sortedKinds, sortedValues, sortedTimes)
        {
            Exposures = exposures.Build(userKeys, itemKeys),
        };
        return anyUndoes ? all.WithoutUndone() : all;
    }

    private static T?[] Ordered<T>(Dictionary<int, T> contents, KeyMap keys)
        where T : class
    {
        if (contents.Count == 0)
            return [];
        var ordered = new T?[keys.Count];
        for (var index = 0; index < ordered.Length; index++)
            ordered[index] = contents.GetValueOrDefault(keys[index]);
        return ordered;
    }

    private static int PositionOf(Dictionary<int, int> positions, int key)
    {
        ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(positions, key, out var known);
        if (!known)
            position = positions.Count - 1;
        return position;
    }

    private static (KeyMap Keys, int[] Indexes) Order(Dictionary<int, int> positions)
    {
        var keys = positions.Keys.ToArray();
        Array.Sort(keys);
        var indexes = new int[keys.Length];
        for (var index = 0; index < keys.Length; index++)
            indexes[positions[keys[index]]] = index;
        return (KeyMap.FromAscending(keys), indexes);
    }

    /// <summary>Sorts by time, then by the order of arrival; most histories arrive in order, and then there is nothing to do.</summary>
    private static void SortByTime(Span<long> ascending, Span<int> order)
    {
        for (var position = 1; position < ascending.Length; position++)
        {
            if (ascending[position] < ascending[position - 1])
            {
                ascending.Sort(order);
                for (var first = 0; first < ascending.Length;)
                {
                    var end = first + 1;
                    while (end < ascending.Length && ascending[end] == ascending[first])
                        end++;
                    order[first..end].Sort();
                    first = end;
                }

                return;
            }
        }
    }
}
