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

    internal InteractionDataset(
        InteractionKinds kinds, KeyMap users, KeyMap itemKeys, string watermark,
        int[] userStarts, int[] items, byte[] kindIndexes, float[] values, long[] times)
    {
        Kinds = kinds;
        Users = users;
        Items = itemKeys;
        Watermark = watermark;
        this.userStarts = userStarts;
        this.items = items;
        this.kindIndexes = kindIndexes;
        this.values = values;
        this.times = times;
        userItems = new(BuildUserItems);
        itemUsers = new(() => UserItems.Transpose());
        ratings = new(BuildRatings);
    }

    public InteractionKinds Kinds { get; }

    public KeyMap Users { get; }

    public KeyMap Items { get; }

    /// <summary>How far the log had been read when this dataset was loaded; opaque, made and understood by the store. Empty for data from elsewhere.</summary>
    public string Watermark { get; }

    public int Count => items.Length;

    /// <summary>|U| x |I|: the summed weight of a user's interactions with an item; above 0 for, below 0 against. Ratings count by their value.</summary>
    public SparseMatrix UserItems => userItems.Value;

    /// <summary>|I| x |U|: <see cref="UserItems"/> transposed.</summary>
    public SparseMatrix ItemUsers => itemUsers.Value;

    /// <summary>|U| x |I|: the last rating a user gave an item, on the configured scale; interactions of other kinds are left out.</summary>
    public SparseMatrix Ratings => ratings.Value;

    public int UserCount(int userIndex) => userStarts[userIndex + 1] - userStarts[userIndex];

    /// <summary>Item indexes of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<int> UserItemIndexes(int userIndex) => Slice(items, userIndex);

    /// <summary>Kind indexes of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<byte> UserKinds(int userIndex) => Slice(kindIndexes, userIndex);

    /// <summary>Values of a user's interactions, oldest first; 0 where the kind has none.</summary>
    public ReadOnlySpan<float> UserValues(int userIndex) => Slice(values, userIndex);

    /// <summary>Unix milliseconds of a user's interactions, oldest first.</summary>
    public ReadOnlySpan<long> UserTimes(int userIndex) => Slice(times, userIndex);

    /// <summary>The time of the newest interaction in Unix milliseconds, or null when there is none.</summary>
    public long? LatestTime => times.Length == 0 ? null : times.Max();

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

    /// <summary>The interactions whose time (Unix milliseconds) is accepted, over the same key maps.</summary>
    public InteractionDataset Where(Func<long, bool> timeIsWanted)
    {
        var starts = new int[userStarts.Length];
        var kept = 0;
        var wanted = new bool[times.Length];
        for (var user = 0; user < Users.Count; user++)
        {
            for (var place = userStarts[user]; place < userStarts[user + 1]; place++)
            {
                if (wanted[place] = timeIsWanted(times[place]))
                    kept++;
            }

            starts[user + 1] = kept;
        }

        return new InteractionDataset(
            Kinds, Users, Items, Watermark, starts,
            Pick(items, wanted, kept), Pick(kindIndexes, wanted, kept), Pick(values, wanted, kept), Pick(times, wanted, kept));
    }

    private static long NextAfter(long[] ascending, long time)
    {
        var place = Array.FindIndex(ascending, other => other > time);
        return place < 0 ? long.MaxValue : ascending[place];
    }

    private static T[] Pick<T>(T[] column, bool[] wanted, int count)
    {
        var picked = new T[count];
        var next = 0;
        for (var place = 0; place < column.Length; place++)
        {
            if (wanted[place])
                picked[next++] = column[place];
        }

        return picked;
    }

    private ReadOnlySpan<T> Slice<T>(T[] column, int userIndex) =>
        column.AsSpan(userStarts[userIndex], userStarts[userIndex + 1] - userStarts[userIndex]);

    private SparseMatrix BuildUserItems()
    {
        var weights = new float[items.Length];
        for (var place = 0; place < weights.Length; place++)
            weights[place] = Kinds.WeightOf(kindIndexes[place], values[place]);
        return SparseMatrix.FromEntries(Users.Count, Items.Count, RowOfPlace(), items, weights);
    }

    private SparseMatrix BuildRatings()
    {
        var rows = new List<int>();
        var columns = new List<int>();
        var rated = new List<float>();
        var lastPlace = new Dictionary<int, int>();
        for (var user = 0; user < Users.Count; user++)
        {
            lastPlace.Clear();
            for (var place = userStarts[user]; place < userStarts[user + 1]; place++)
            {
                if (kindIndexes[place] == Kinds.RatingIndex)
                    lastPlace[items[place]] = place;
            }

            foreach (var (item, place) in lastPlace)
            {
                rows.Add(user);
                columns.Add(item);
                rated.Add(values[place]);
            }
        }

        return SparseMatrix.FromEntries(
            Users.Count, Items.Count,
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rated));
    }

    private int[] RowOfPlace()
    {
        var rows = new int[items.Length];
        for (var user = 0; user < Users.Count; user++)
            rows.AsSpan(userStarts[user], UserCount(user)).Fill(user);
        return rows;
    }
}
