using System.Runtime.InteropServices;

namespace RecoService.Engine.Data;

/// <summary>Collects lists that were shown, in any order, by the keys of the store. Not thread-safe.</summary>
internal sealed class ExposuresBuilder
{
    private readonly List<(int UserKey, long ShownAt, int Start, int Count)> lists = [];
    private readonly List<int> itemKeys = [];
    private readonly List<long> touchedAt = [];
    private readonly List<float> propensities = [];
    private bool anyDrawn;

    public void Add(int userKey, long shownAt, ReadOnlySpan<int> shown, ReadOnlySpan<long> touched, ReadOnlySpan<float> drawn)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(touched.Length, shown.Length, nameof(touched));
        if (drawn.Length > 0)
            ArgumentOutOfRangeException.ThrowIfNotEqual(drawn.Length, shown.Length, nameof(drawn));
        foreach (var propensity in drawn)
        {
            if (propensity is not (> 0 and <= 1))
                throw new ArgumentOutOfRangeException(nameof(drawn), propensity, "A propensity is above 0 and at most 1.");
            anyDrawn |= propensity < 1;
        }

        lists.Add((userKey, shownAt, itemKeys.Count, shown.Length));
        itemKeys.AddRange(shown);
        touchedAt.AddRange(touched);
        var start = propensities.Count;
        CollectionsMarshal.SetCount(propensities, start + shown.Length);
        if (drawn.Length == 0)
            CollectionsMarshal.AsSpan(propensities)[start..].Fill(1);
        else
            drawn.CopyTo(CollectionsMarshal.AsSpan(propensities)[start..]);
    }

    /// <summary>Freezes the lists of users who have an index; items without one keep their place.</summary>
    public Exposures Build(KeyMap users, KeyMap items)
    {
        var known = lists.FindAll(list => users.TryGetIndex(list.UserKey, out _));
        if (known.Count == 0)
            return Exposures.None;
        var ordered = known.Select(list => (User: users.TryGetIndex(list.UserKey, out var index) ? index : -1, List: list)).OrderBy(entry => entry.User).ThenBy(entry => entry.List.ShownAt).ThenBy(entry => entry.List.Start).ToList();
        var (userStarts, listStarts, shownAt) = (new int[users.Count + 1], new int[ordered.Count + 1], new long[ordered.Count]);
        var count = ordered.Sum(entry => entry.List.Count);
        var (rowItems, rowTouches, rowPropensities) = (new int[count], new long[count], new float[anyDrawn ? count : 0]);
        var next = 0;
        for (var position = 0; position < ordered.Count; position++)
        {
            var (user, list) = ordered[position];
            userStarts[user + 1]++;
            shownAt[position] = list.ShownAt;
            for (var row = list.Start; row < list.Start + list.Count; row++, next++)
            {
                rowItems[next] = items.TryGetIndex(itemKeys[row], out var item) ? item : -1;
                rowTouches[next] = touchedAt[row];
                if (anyDrawn)
                    rowPropensities[next] = propensities[row];
            }

            listStarts[position + 1] = next;
        }

        for (var user = 0; user < users.Count; user++)
            userStarts[user + 1] += userStarts[user];
        return new Exposures(userStarts, listStarts, shownAt, rowItems, rowTouches, rowPropensities);
    }
}
