using System.Buffers;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>What the second stage sees of a user and an item. Of the items it keeps what was learned from the data; of the user it is told their history.</summary>
/// <param name="LogUsers">|I|: ln(1 + users who have the item).</param>
/// <param name="LogPrices">|I|: ln(price); NaN for none.</param>
/// <param name="LastDays">|I|: days from 1970 to the last interaction with the item; NaN for none.</param>
/// <param name="NewestDay">Days from 1970 to the newest interaction of all.</param>
/// <param name="Categories">|I| x categories: 1 where the item is in the category.</param>
public sealed record UserItemFeatures(float[] LogUsers, float[] LogPrices, float[] LastDays, float NewestDay, SparseMatrix Categories)
{
    /// <summary>The item's popularity, its price, its categories, the first stage's score, the recency of the item. What is the same for all candidates of a user puts none before another.</summary>
    public const int Count = 5;

    /// <summary>What they are called, in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = ["popularity", "price", "categories", "first-stage", "recency"];

    /// <summary>The place of the first stage's score.</summary>
    public const int FirstStage = 3;

    public static UserItemFeatures Of(InteractionDataset dataset)
    {
        var itemCount = dataset.Items.Count;
        var (logUsers, logPrices, lastDays) = (new float[itemCount], new float[itemCount], new float[itemCount]);
        Array.Fill(lastDays, float.NaN);
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            var history = dataset.HistoryOf(user);
            for (var position = 0; position < history.Items.Length; position++)
            {
                ref var last = ref lastDays[history.Items[position]];
                last = float.IsNaN(last) ? Days(history.Times[position]) : Math.Max(last, Days(history.Times[position]));
            }
        }

        for (var item = 0; item < itemCount; item++)
        {
            logUsers[item] = MathF.Log(1 + dataset.ItemUsers.RowLength(item));
            logPrices[item] = dataset.ContentOf(item)?.Price is > 0 and var price && float.IsFinite(price) ? MathF.Log(price) : float.NaN;
        }

        return new UserItemFeatures(logUsers, logPrices, lastDays, Days(dataset.LatestTime ?? 0), CategoriesOf(dataset));
    }

    /// <summary>Fills the features of one user, a row of <see cref="Count"/> per item.</summary>
    /// <param name="user">Who, and what they did.</param>
    /// <param name="items">The items.</param>
    /// <param name="firstScores">The first stage's score of each.</param>
    /// <param name="rows">|items| x <see cref="Count"/>, row-major.</param>
    public void Fill(in UserHistory user, ReadOnlySpan<int> items, ReadOnlySpan<float> firstScores, Span<float> rows)
    {
        var usualLogPrice = UsualLogPrice(user.Items);
        var rented = ArrayPool<float>.Shared.Rent(Categories.ColumnCount);
        var shares = rented.AsSpan(0, Categories.ColumnCount);
        FillCategoryShares(user.Items, shares);
        for (var position = 0; position < items.Length; position++)
        {
            var item = items[position];
            var row = rows.Slice(position * Count, Count);
            row[0] = LogUsers[item];
            row[1] = LogPrices[item] - usualLogPrice is var ratio && float.IsNaN(ratio) ? 0 : ratio;
            row[2] = Affinity(item, shares);
            row[FirstStage] = firstScores[position];
            row[4] = -MathF.Log(1 + DaysSince(LastDays[item]));
        }

        ArrayPool<float>.Shared.Return(rented);
    }

    public bool IsSound() => !LogUsers.AsSpan().ContainsAny(float.PositiveInfinity, float.NegativeInfinity) && float.IsFinite(NewestDay);

    /// <summary>The same of the items that are in both key maps; nothing is known of the others.</summary>
    public UserItemFeatures Rebase(KeyMap from, KeyMap to)
    {
        var source = to.Keys.ToArray().Select(key => from.TryGetIndex(key, out var index) ? index : -1).ToArray();
        var columns = KeyMap.FromAscending([.. Enumerable.Range(0, Categories.ColumnCount)]);
        return this with
        {
            LogUsers = Picked(LogUsers, 0),
            LogPrices = Picked(LogPrices, float.NaN),
            LastDays = Picked(LastDays, float.NaN),
            Categories = Categories.Rebase(from, to, columns, columns),
        };

        float[] Picked(float[] values, float unknown) => Array.ConvertAll(source, index => index < 0 ? unknown : values[index]);
    }

    internal void Write(ModelWriter writer)
    {
        writer.WriteVector(LogUsers);
        writer.WriteVector(LogPrices);
        writer.WriteVector(LastDays);
        writer.WriteSingle(NewestDay);
        writer.WriteMatrix(Categories);
    }

    internal static Func<UserItemFeatures> Read(ModelReader reader)
    {
        var (logUsers, logPrices, lastDays, newestDay) = (reader.ReadVector(), reader.ReadVector(), reader.ReadVector(), reader.ReadSingle());
        var categories = reader.ReadMatrix();
        return () => new UserItemFeatures(logUsers, logPrices, lastDays, newestDay, categories());
    }

    private static float Days(long unixMilliseconds) => (float)((double)unixMilliseconds / TimeSpan.MillisecondsPerDay);

    /// <summary>0 for what is unknown, and for what is newer than the model.</summary>
    private float DaysSince(float day) => float.IsNaN(day) ? 0 : Math.Max(0, NewestDay - day);

    /// <summary>The logarithm of the geometric mean of the prices they paid; NaN when none is known.</summary>
    private float UsualLogPrice(ReadOnlySpan<int> items)
    {
        var (sum, count) = (0.0, 0);
        foreach (var item in items)
        {
            if (float.IsNaN(LogPrices[item]))
                continue;
            sum += LogPrices[item];
            count++;
        }

        return count == 0 ? float.NaN : (float)(sum / count);
    }

    /// <summary>The part of the history that is in each category.</summary>
    private void FillCategoryShares(ReadOnlySpan<int> items, Span<float> shares)
    {
        shares.Clear();
        foreach (var item in items)
        {
            foreach (var category in Categories.RowColumns(item))
                shares[category] += 1f / items.Length;
        }
    }

    /// <summary>The share of the item's category that the history has most of; 0 without categories.</summary>
    private float Affinity(int item, ReadOnlySpan<float> shares)
    {
        var affinity = 0f;
        foreach (var category in Categories.RowColumns(item))
            affinity = Math.Max(affinity, shares[category]);
        return affinity;
    }

    private static SparseMatrix CategoriesOf(InteractionDataset dataset)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        var (items, categories) = (new List<int>(), new List<int>());
        for (var item = 0; item < dataset.Items.Count; item++)
        {
            foreach (var category in (dataset.ContentOf(item)?.Categories ?? []).Distinct(StringComparer.Ordinal))
            {
                columns.TryAdd(category, columns.Count);
                items.Add(item);
                categories.Add(columns[category]);
            }
        }

        return SparseMatrix.FromEntries(dataset.Items.Count, columns.Count, [.. items], [.. categories], [.. Enumerable.Repeat(1f, items.Count)]);
    }
}
