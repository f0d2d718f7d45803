using RecoService.Engine.Numerics;

namespace RecoService.Engine.Data;

/// <summary>
/// Frozen training input: interactions grouped by user and ascending in time within a user, over dense user and item indexes.
/// Splits share the key maps of the whole, so an index means the same in every part.
/// </summary>
public sealed class InteractionDataset
{
    private readonly int[] userStarts;
    private readonly int[] items;
    private readonly byte[] kindIndexes;
    private readonly float[] values;
    private readonly long[] times;
    private readonly Lazy<SparseMatrix> userItems;
    private readonly Lazy<SparseMatrix> itemUsers;
    private readonly Lazy<SparseMatrix> ratings;
    private readonly Lazy<HistoryColumns> historyColumns;
    private readonly Lazy<long?> latestTime;
    private readonly ItemContent?[] contents;
    private readonly UserContent?[] userContents;
    private readonly Dictionary<int, UndoneInteraction[]> undone = [];

    internal InteractionDataset(
        InteractionKinds kinds, KeyMap users, KeyMap itemKeys, ItemContent?[] contents, UserContent?[] userContents, string watermark,
        int[] userStarts, int[] items, byte[] kindIndexes, float[] values, long[] times)
    {
        Kinds = kinds;
        Users = users;
        Items = itemKeys;
        this.contents = contents;
        this.userContents = userContents;
        Watermark = watermark;
        this.userStarts = userStarts;
        this.items = items;
        this.kindIndexes = kindIndexes;
        this.values = values;
        this.times = times;
        userItems = new(BuildUserItems);
        itemUsers = new(() => UserItems.Transpose());
        ratings = new(BuildRatings);
        historyColumns = new(BuildHistoryColumns);
        latestTime = new(() => times.Length == 0 ? null : times.Max());
    }

    public InteractionKinds Kinds { get; }

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>How far the log had been read when this dataset was loaded; opaque, made and understood by the store. Empty for data from elsewhere.</summary>
    public string Watermark { get; }

    public int Count => items.Length;

    /// <summary>What the users were shown, and touched of it; a part of a dataset has none of what came after its interactions.</summary>
    public Exposures Exposures { get; internal init; } = Exposures.None;

    /// <summary>True when something is known of the items beyond who wanted them.</summary>
    public bool HasContent => contents.Length > 0;

    /// <summary>True when something is known of the users beyond what they did.</summary>
    public bool HasUserContent => userContents.Length > 0;

    /// <summary>|U| x |I|: the summed weight of a user's interactions with an item; above 0 for, below 0 against. Ratings count by their value,
    /// and where the kinds have a half-life, an interaction of that age before the newest of the dataset counts half.</summary>
    public SparseMatrix UserItems => userItems.Value;

    /// <summary>|I| x |U|: <see cref="UserItems"/> transposed.</summary>
    public SparseMatrix ItemUsers => itemUsers.Value;

    /// <summary>|U| x |I|: the last rating a user gave an item, on the configured scale; interactions of other kinds are left out.</summary>
    public SparseMatrix Ratings => ratings.Value;

    /// <summary>What the catalogue says of an item, or null.</summary>
    public ItemContent? ContentOf(int itemIndex) => contents.Length == 0 ? null : contents[itemIndex];

    /// <summary>What is known of a user beyond what they did, or null.</summary>
    public UserContent? ContentOfUser(int userIndex) => userContents.Length == 0 ? null : userContents[userIndex];

    /// <summary>What a model trained on this dataset is asked about, for one of its users.</summary>
    public UserHistory HistoryOf(int userIndex)
    {
        var columns = historyColumns.Value;
        var row = new Range((int)UserItems.RowStart(userIndex), (int)UserItems.RowStart(userIndex) + UserItems.RowLength(userIndex));
        return new UserHistory(
            userIndex, UserItems.RowColumns(userIndex), UserItems.RowValues(userIndex), columns.LastTimes.AsSpan(row), columns.LastRatings.AsSpan(row),
            new UserEvents(UserItemIndexes(userIndex), UserKinds(userIndex), UserValues(userIndex), UserTimes(userIndex)));
    }

    public int UserCount(int userIndex) => userStarts[userIndex + 1] - userStarts[userIndex];

    /// <summary>Item indexes of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<int> UserItemIndexes(int userIndex) => Slice(items, userIndex);

    /// <summary>Kind indexes of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<byte> UserKinds(int userIndex) => Slice(kindIndexes, userIndex);

    /// <summary>Values of a user's interactions, oldest first; 0 where the kind has none.</summary>
    public ReadOnlySpan<float> UserValues(int userIndex) => Slice(values, userIndex);

    /// <summary>Unix milliseconds of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<long> UserTimes(int userIndex) => Slice(times, userIndex);

    /// <summary>A user's interactions that count for nothing, because they were undone or undo others; for whoever goes on with the history. Empty in a part of a dataset.</summary>
    internal ReadOnlySpan<UndoneInteraction> UndoneOf(int userIndex) => undone.GetValueOrDefault(userIndex);

    /// <summary>The time of the newest interaction in Unix milliseconds, or null when there is none.</summary>
    public long? LatestTime => latestTime.Value;

    /// <summary>What is left of the weight of an interaction of this time, 0..1; 1 where the kinds have no half-life.</summary>
    internal float DecayAt(long time) =>
        Kinds.HalfLifeDays is { } days && LatestTime is { } latest ? (float)Math.Pow(2, (time - latest) / (days * TimeSpan.MillisecondsPerDay)) : 1;

    /// <summary>Cuts at the time below which 1 - <paramref name="holdoutFraction"/> of the interactions lie: everything before it trains, the rest is held out.</summary>
    /// <param name="holdoutFraction">0..1, exclusive.</param>
    /// <returns>Both parts over this dataset's key maps. A dataset without any spread in time has an empty holdout.</returns>
    public TemporalSplit SplitByTime(double holdoutFraction)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(holdoutFraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(holdoutFraction, 1);
        if (times.Length == 0)
            return new TemporalSplit(this, Where(_ => false), long.MaxValue);

        var ascending = (long[])times.Clone();
        Array.Sort(ascending);
        var cut = ascending[Math.Min((int)(ascending.Length * (1 - holdoutFraction)), ascending.Length - 1)];
        if (cut == ascending[0])
            cut = NextAfter(ascending, cut);
        return new TemporalSplit(Where(time => time < cut), Where(time => time >= cut), cut);
    }

    /// <summary>The interactions and the lists shown whose time (Unix milliseconds) is accepted, over the same key maps.</summary>
    public InteractionDataset Where(Func<long, bool> timeIsWanted) => Where(Array.ConvertAll(times, time => timeIsWanted(time)), Exposures.Where(timeIsWanted));

    /// <summary>The marked interactions, over the same key maps, with the lists that each user was shown before their first interaction that is not marked, and nobody after the newest one that is.</summary>
    /// <param name="wanted">A mark per interaction: users in the order of their index, each user's oldest first.</param>
    public InteractionDataset Where(bool[] wanted)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(wanted.Length, Count);
        return Where(wanted, Exposures.Count == 0 ? Exposures : Exposures.Before(EndsOfExposures(wanted)));
    }

    private Func<int, long> EndsOfExposures(bool[] wanted)
    {
        var end = long.MinValue;
        for (var position = 0; position < wanted.Length; position++)
        {
            if (wanted[position])
                end = Math.Max(end, Math.Min(times[position], long.MaxValue - 1) + 1);
        }

        var ends = new long[Users.Count];
        for (var user = 0; user < ends.Length; user++)
        {
            var marks = wanted.AsSpan(userStarts[user]..userStarts[user + 1]);
            ends[user] = marks.IndexOf(false) is >= 0 and var first ? Math.Min(times[userStarts[user] + first], end) : end;
        }

        return user => ends[user];
    }

    private InteractionDataset Where(bool[] wanted, Exposures exposures)
    {
        var starts = new int[userStarts.Length];
        var kept = 0;
        for (var user = 0; user < Users.Count; user++)
        {
            for (var position = userStarts[user]; position < userStarts[user + 1]; position++)
            {
                if (wanted[position])
                    kept++;
            }

            starts[user + 1] = kept;
        }

        return new InteractionDataset(
            Kinds, Users, Items, contents, userContents, Watermark, starts,
            Pick(items, wanted, kept), Pick(kindIndexes, wanted, kept), Pick(values, wanted, kept), Pick(times, wanted, kept))
        {
            Exposures = exposures,
        };
    }

    /// <summary>The interactions that count by the rule of the kinds that undo; the others are kept apart.</summary>
    internal InteractionDataset WithoutUndone()
    {
        var wanted = new bool[Count];
        var apart = new List<(int User, UndoneInteraction[] Interactions)>();
        for (var user = 0; user < Users.Count; user++)
        {
            var counts = wanted.AsSpan(userStarts[user]..userStarts[user + 1]);
            if (Undoing.Mark(Kinds, UserItemIndexes(user), UserKinds(user), UserTimes(user), counts))
                apart.Add((user, [.. UndoneAmong(user, wanted)]));
        }

        var kept = Where(wanted, Exposures);
        foreach (var (user, interactions) in apart)
            kept.undone.Add(user, interactions);
        return kept;
    }

    private IEnumerable<UndoneInteraction> UndoneAmong(int userIndex, bool[] counts)
    {
        for (var position = userStarts[userIndex]; position < userStarts[userIndex + 1]; position++)
        {
            if (!counts[position])
                yield return new UndoneInteraction(items[position], kindIndexes[position], values[position], times[position]);
        }
    }

    private static long NextAfter(long[] ascending, long time)
    {
        var position = Array.FindIndex(ascending, other => other > time);
        return position < 0 ? long.MaxValue : ascending[position];
    }

    private static T[] Pick<T>(T[] column, bool[] wanted, int count)
    {
        var picked = new T[count];
        var next = 0;
        for (var position = 0; position < column.Length; position++)
        {
            if (wanted[position])
                picked[next++] = column[position];
        }

        return picked;
    }

    private ReadOnlySpan<T> Slice<T>(T[] column, int userIndex) =>
        column.AsSpan(userStarts[userIndex], userStarts[userIndex + 1] - userStarts[userIndex]);

    private SparseMatrix BuildUserItems()
    {
        var weights = new float[items.Length];
        for (var position = 0; position < weights.Length; position++)
            weights[position] = Kinds.WeightOf(kindIndexes[position], values[position]);
        if (Kinds.HalfLifeDays is not null)
        {
            for (var position = 0; position < weights.Length; position++)
                weights[position] *= DecayAt(times[position]);
        }

        return SparseMatrix.FromGroupedRows(Items.Count, Array.ConvertAll(userStarts, start => (long)start), (int[])items.Clone(), weights);
    }

    private SparseMatrix BuildRatings()
    {
        var ratingCount = kindIndexes.AsSpan().Count(Kinds.RatingIndex);
        var columns = new int[ratingCount];
        var lastRatings = new float[ratingCount];
        var starts = new long[userStarts.Length];
        var kept = 0;
        var ratingsByItemThenPosition = new List<(int Item, int Place)>();
        for (var user = 0; user < Users.Count; user++)
        {
            ratingsByItemThenPosition.Clear();
            for (var position = userStarts[user]; position < userStarts[user + 1]; position++)
            {
                if (kindIndexes[position] == Kinds.RatingIndex)
                    ratingsByItemThenPosition.Add((items[position], position));
            }

            ratingsByItemThenPosition.Sort();
            foreach (var (item, position) in ratingsByItemThenPosition)
            {
                // A later rating of the same item takes the place of the earlier one.
                if (kept > starts[user] && columns[kept - 1] == item)
                    kept--;
                columns[kept] = item;
                lastRatings[kept++] = values[position];
            }

            starts[user + 1] = kept;
        }

        Array.Resize(ref columns, kept);
        Array.Resize(ref lastRatings, kept);
        return new SparseMatrix(Items.Count, starts, columns, lastRatings);
    }

    private HistoryColumns BuildHistoryColumns()
    {
        var matrix = UserItems;
        var lastTimes = new long[matrix.NonZeroCount];
        var lastRatings = new float[matrix.NonZeroCount];
        Array.Fill(lastRatings, float.NaN);
        for (var user = 0; user < Users.Count; user++)
        {
            var columns = matrix.RowColumns(user);
            var rowStart = (int)matrix.RowStart(user);
            for (var position = userStarts[user]; position < userStarts[user + 1]; position++)
            {
                var entry = rowStart + columns.BinarySearch(items[position]);
                lastTimes[entry] = times[position];
                if (kindIndexes[position] == Kinds.RatingIndex)
                    lastRatings[entry] = values[position];
            }
        }

        return new HistoryColumns(lastTimes, lastRatings);
    }

    /// <summary>One entry per entry of <see cref="UserItems"/>, in its order.</summary>
    private sealed record HistoryColumns(long[] LastTimes, float[] LastRatings);
}

/// <param name="ItemIndex">An item index of the dataset.</param>
/// <param name="KindIndex">An index of the kinds table.</param>
/// <param name="Value">0 where the kind has none.</param>
/// <param name="Time">Unix milliseconds.</param>
internal readonly record struct UndoneInteraction(int ItemIndex, byte KindIndex, float Value, long Time);
