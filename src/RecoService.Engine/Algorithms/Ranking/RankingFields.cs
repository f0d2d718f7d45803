using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>
/// A candidate as features in fields, for rankers that learn what goes with what: who asks, what they did last and when; the item with its categories, attributes and price; and the numbers of
/// <see cref="UserItemFeatures"/>. The features of all fields are numbered through, field by field; those that occur in no training row have no number, since nothing is known of them.
/// </summary>
public sealed class RankingFields
{
    /// <summary>Of the history, the newest so many items are what they did last.</summary>
    public const int Recent = 5;

    internal const int Hours = 24;
    internal const int Moments = Hours + WeekDays;

    private const int WeekDays = 7;
    private const long MillisecondsPerHour = 3_600_000;

    private readonly int[] starts;
    private readonly int[] userFeatures;
    private readonly int[] recentFeatures;
    private readonly int[] momentFeatures;
    private readonly SparseMatrix itemFeatures;

    /// <param name="starts">fields + 1: where each field's features begin.</param>
    /// <param name="userFeatures">|U|: the user's own feature, or -1.</param>
    /// <param name="recentFeatures">|I|: the feature of having done something with the item last, or -1.</param>
    /// <param name="momentFeatures">The features of the 24 hours and the 7 days of the week, or -1.</param>
    /// <param name="itemFeatures">|I| x features: those of the item itself with their values.</param>
    internal RankingFields(int[] starts, int[] userFeatures, int[] recentFeatures, int[] momentFeatures, SparseMatrix itemFeatures)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(starts.Length, Names.Count + 1, nameof(starts));
        ArgumentOutOfRangeException.ThrowIfNotEqual(momentFeatures.Length, Moments, nameof(momentFeatures));
        ArgumentOutOfRangeException.ThrowIfNotEqual(recentFeatures.Length, itemFeatures.RowCount, nameof(recentFeatures));
        ArgumentOutOfRangeException.ThrowIfNotEqual(itemFeatures.ColumnCount, starts[^1], nameof(itemFeatures));
        ArgumentOutOfRangeException.ThrowIfNotEqual(starts[^1] - starts[^2], UserItemFeatures.Count, nameof(starts));
        for (var field = 0; field < Names.Count; field++)
            ArgumentOutOfRangeException.ThrowIfLessThan(starts[field + 1], starts[field], nameof(starts));
        foreach (var feature in userFeatures.Concat(recentFeatures).Concat(momentFeatures))
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(feature, starts[^1], nameof(starts));
        this.starts = starts;
        this.userFeatures = userFeatures;
        this.recentFeatures = recentFeatures;
        this.momentFeatures = momentFeatures;
        this.itemFeatures = itemFeatures;
    }

    /// <summary>The fields in their order. A dataset may have no feature of one.</summary>
    public static IReadOnlyList<string> Names { get; } = ["user", "recent", "hour", "weekday", "item", "category", "attribute", "price", "numbers"];

    /// <summary>fields + 1: where each field's features begin, from 0.</summary>
    public ReadOnlySpan<int> Starts => starts;

    /// <summary>How many features there are.</summary>
    public int Count => starts[^1];

    /// <summary>The fields of a dataset, with the features that occur in the lists.</summary>
    /// <param name="dataset">What the lists' features were computed from.</param>
    /// <param name="lists">What is learned from.</param>
    public static RankingFields Of(InteractionDataset dataset, RankingLists lists) => new RankingFieldsBuilder(dataset).Build(lists);

    /// <summary>What is the same for all candidates of a user.</summary>
    public void AddUser(in UserHistory user, List<FieldEntry> entries)
    {
        if (user.UserIndex >= 0 && userFeatures[user.UserIndex] is >= 0 and var own)
            entries.Add(new FieldEntry(own, 1));
        var recent = NewestOf(user);
        foreach (var item in recent)
        {
            if (recentFeatures[item] is >= 0 and var feature)
                entries.Add(new FieldEntry(feature, 1 / MathF.Sqrt(recent.Length)));
        }

        foreach (var moment in MomentsOf(user))
        {
            if (momentFeatures[moment] is >= 0 and var feature)
                entries.Add(new FieldEntry(feature, 1));
        }
    }

    /// <summary>What is the candidate's own.</summary>
    /// <param name="item">The candidate.</param>
    /// <param name="numbers">Its <see cref="UserItemFeatures"/>, standardised.</param>
    /// <param name="entries">Takes the features, ascending.</param>
    public void AddItem(int item, ReadOnlySpan<float> numbers, List<FieldEntry> entries)
    {
        var columns = itemFeatures.RowColumns(item);
        var values = itemFeatures.RowValues(item);
        for (var position = 0; position < columns.Length; position++)
            entries.Add(new FieldEntry(columns[position], values[position]));
        for (var number = 0; number < numbers.Length; number++)
            entries.Add(new FieldEntry(starts[^2] + number, numbers[number]));
    }

    /// <summary>The newest items of a history that are not against anything, in ascending order.</summary>
    internal static int[] NewestOf(in UserHistory user)
    {
        var (items, times) = (new List<int>(), new List<long>());
        for (var position = 0; position < user.Items.Length; position++)
        {
            if (!(user.Weights[position] > 0))
                continue;
            items.Add(user.Items[position]);
            times.Add(user.Times[position]);
        }

        return [.. Enumerable.Range(0, items.Count).OrderByDescending(position => times[position]).ThenByDescending(position => items[position]).Take(Recent).Select(position => items[position]).Order()];
    }

    /// <summary>The hour and the day of the week of the newest interaction, in UTC; none without a history.</summary>
    internal static int[] MomentsOf(in UserHistory user)
    {
        if (user.Times.IsEmpty)
            return [];
        var newest = long.MinValue;
        foreach (var time in user.Times)
            newest = Math.Max(newest, time);
        var hour = (newest - Modulo(newest, MillisecondsPerHour)) / MillisecondsPerHour;
        // The first of January 1970 was a Thursday, the fifth day of a week that begins on Sunday.
        return [(int)Modulo(hour, Hours), Hours + (int)Modulo(((hour - Modulo(hour, Hours)) / Hours) + 4, WeekDays)];

        static long Modulo(long value, long of) => ((value % of) + of) % of;
    }

    /// <summary>The same of other users and items; nothing is known of those that it did not have.</summary>
    internal RankingFields Rebase(KeyMap fromUsers, KeyMap toUsers, KeyMap fromItems, KeyMap toItems)
    {
        var columns = KeyMap.FromAscending([.. Enumerable.Range(0, Count)]);
        return new RankingFields(
            starts, Moved(userFeatures, fromUsers, toUsers), Moved(recentFeatures, fromItems, toItems), momentFeatures, itemFeatures.Rebase(fromItems, toItems, columns, columns));

        static int[] Moved(int[] values, KeyMap from, KeyMap to) => [.. to.Keys.ToArray().Select(key => from.TryGetIndex(key, out var index) ? values[index] : -1)];
    }

    internal void Write(ModelWriter writer)
    {
        writer.WriteInts(starts);
        writer.WriteInt32(userFeatures.Length);
        writer.WriteInts(userFeatures);
        writer.WriteInts(momentFeatures);
        writer.WriteMatrix(itemFeatures);
        writer.WriteInt32(recentFeatures.Length);
        writer.WriteInts(recentFeatures);
    }

    internal static Func<RankingFields> Read(ModelReader reader)
    {
        var fields = reader.ReadInts(Names.Count + 1);
        var users = reader.ReadInts(reader.ReadCount());
        var moments = reader.ReadInts(Moments);
        var items = reader.ReadMatrix();
        var recent = reader.ReadInts(reader.ReadCount());
        return () => new RankingFields(fields, users, recent, moments, items());
    }
}

/// <param name="Feature">Its number.</param>
/// <param name="Value">How much of it there is.</param>
public readonly record struct FieldEntry(int Feature, float Value);
