namespace RecoService.Engine.Data;

/// <summary>
/// The lists that users were shown, and what they touched of them: grouped by user, the oldest list first, over the indexes of a dataset. Immutable.
/// An item is touched when it was clicked or bought because of that list.
/// </summary>
public sealed class Exposures
{
    /// <summary>The time of an item that was not touched.</summary>
    public const long Untouched = long.MaxValue;

    private readonly int[] userStarts;
    private readonly int[] listStarts;
    private readonly long[] shownAt;
    private readonly int[] items;
    private readonly long[] touchedAt;
    private readonly float[] propensities;

    /// <param name="userStarts">|U| + 1: where each user's lists begin.</param>
    /// <param name="listStarts">lists + 1: where each list's rows begin.</param>
    /// <param name="shownAt">lists: Unix milliseconds, ascending within a user.</param>
    /// <param name="items">rows: item indexes in the order shown; -1 for an item that the dataset does not have.</param>
    /// <param name="touchedAt">rows: Unix milliseconds, or <see cref="Untouched"/>.</param>
    /// <param name="propensities">rows: how probable it was to stand there, below 1 where the place was drawn; empty where none was.</param>
    internal Exposures(int[] userStarts, int[] listStarts, long[] shownAt, int[] items, long[] touchedAt, float[] propensities)
    {
        this.userStarts = userStarts;
        this.listStarts = listStarts;
        this.shownAt = shownAt;
        this.items = items;
        this.touchedAt = touchedAt;
        this.propensities = propensities;
        TouchedCount = touchedAt.Length - touchedAt.AsSpan().Count(Untouched);
    }

    /// <summary>Nobody was shown anything.</summary>
    public static Exposures None { get; } = new([], [0], [], [], [], []);

    /// <summary>How many items were shown, each as often as it was.</summary>
    public int Count => items.Length;

    /// <summary>How many of these were touched.</summary>
    public int TouchedCount { get; }

    /// <summary>How many lists were shown.</summary>
    public int ListCount => shownAt.Length;

    /// <summary>Whether some place was drawn.</summary>
    public bool HasDrawn => propensities.Length > 0;

    /// <summary>A user's lists, the oldest first.</summary>
    public Range ListsOf(int userIndex) => userStarts.Length == 0 ? 0..0 : userStarts[userIndex]..userStarts[userIndex + 1];

    /// <summary>When a list was shown, Unix milliseconds.</summary>
    public long ShownAt(int list) => shownAt[list];

    /// <summary>The items of a list, the first on top; -1 for one that the dataset does not have.</summary>
    public ReadOnlySpan<int> ItemsOf(int list) => items.AsSpan(listStarts[list]..listStarts[list + 1]);

    /// <summary>Whether the item at a place, counted from 0, was touched.</summary>
    public bool IsTouched(int list, int place) => TouchedAt(list, place) != Untouched;

    /// <summary>When the item at a place, counted from 0, was touched first, Unix milliseconds; <see cref="Untouched"/> for never.</summary>
    public long TouchedAt(int list, int place) => touchedAt[listStarts[list] + place];

    /// <summary>How probable the item was to stand at its place, counted from 0: above 0, and below 1 where the place was drawn.</summary>
    public float PropensityAt(int list, int place) => propensities.Length == 0 ? 1 : propensities[listStarts[list] + place];

    /// <summary>The lists that were shown before a time, which each user may have of their own. What was touched from that time on is not known yet, and counts as untouched.</summary>
    /// <param name="endOf">By user index: Unix milliseconds.</param>
    internal Exposures Before(Func<int, long> endOf) => Select((user, time) => time < endOf(user), (user, time) => time < endOf(user));

    /// <summary>The lists of an accepted time; touches of other times count for nothing.</summary>
    internal Exposures Where(Func<long, bool> timeIsWanted) => Select((_, time) => timeIsWanted(time), (_, time) => timeIsWanted(time));

    private Exposures Select(Func<int, long, bool> listIsWanted, Func<int, long, bool> touchIsKnown)
    {
        if (Count == 0)
            return this;
        var starts = new int[userStarts.Length];
        var kept = new List<int>(shownAt.Length);
        var owners = new List<int>(shownAt.Length);
        var rows = 0;
        for (var user = 0; user + 1 < userStarts.Length; user++)
        {
            for (var list = userStarts[user]; list < userStarts[user + 1]; list++)
            {
                if (!listIsWanted(user, shownAt[list]))
                    continue;
                kept.Add(list);
                owners.Add(user);
                rows += listStarts[list + 1] - listStarts[list];
            }

            starts[user + 1] = kept.Count;
        }

        var (keptStarts, keptTimes) = (new int[kept.Count + 1], new long[kept.Count]);
        var (keptItems, keptTouches, keptPropensities) = (new int[rows], new long[rows], new float[HasDrawn ? rows : 0]);
        for (var position = 0; position < kept.Count; position++)
        {
            var (list, next) = (kept[position], keptStarts[position]);
            var from = new Range(listStarts[list], listStarts[list + 1]);
            keptTimes[position] = shownAt[list];
            items.AsSpan(from).CopyTo(keptItems.AsSpan(next));
            foreach (var touch in touchedAt.AsSpan(from))
                keptTouches[next++] = touch != Untouched && touchIsKnown(owners[position], touch) ? touch : Untouched;
            if (HasDrawn)
                propensities.AsSpan(from).CopyTo(keptPropensities.AsSpan(keptStarts[position]));
            keptStarts[position + 1] = next;
        }

        return new Exposures(starts, keptStarts, keptTimes, keptItems, keptTouches, keptPropensities);
    }
}
