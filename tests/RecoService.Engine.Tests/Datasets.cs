using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests;

internal static class Datasets
{
    public static byte Purchase { get; } = KindIndex("purchase");

    public static byte Dislike { get; } = KindIndex("dislike");

    public static byte View { get; } = KindIndex("view");

    public static byte Rating => InteractionKinds.Default.RatingIndex;

    public static InteractionDataset Empty { get; } = new InteractionDatasetBuilder(InteractionKinds.Default).Build();

    public static InteractionDataset Of(params (int User, int Item, byte Kind, float Value, long Time)[] interactions)
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        foreach (var (user, item, kind, value, time) in interactions)
            builder.Add(user, item, kind, value, time);
        return builder.Build();
    }

    /// <summary>One purchase per pair, one millisecond apart.</summary>
    public static InteractionDataset OfPurchases(params (int User, int Item)[] pairs) =>
        Of([.. pairs.Select((pair, time) => (pair.User, pair.Item, Purchase, 0f, (long)time))]);

    /// <summary>The interactions of the users and items that are among these, over these keys.</summary>
    public static InteractionDataset Over(this InteractionDataset dataset, KeyMap users, KeyMap items)
    {
        var builder = new InteractionDatasetBuilder(dataset.Kinds);
        for (var user = 0; user < dataset.Users.Count; user++)
        {
            for (var position = 0; position < dataset.UserCount(user); position++)
            {
                var item = dataset.Items[dataset.UserItemIndexes(user)[position]];
                if (users.TryGetIndex(dataset.Users[user], out _) && items.TryGetIndex(item, out _))
                    builder.Add(dataset.Users[user], item, dataset.UserKinds(user)[position], dataset.UserValues(user)[position], dataset.UserTimes(user)[position]);
            }
        }

        // Every key once, so that it has its place, at a time by which it is known and left out again.
        for (var position = 0; position < Math.Max(users.Count, items.Count); position++)
            builder.Add(users[position % users.Count], items[position % items.Count], View, 0, long.MaxValue);
        return builder.Build().Where(time => time < long.MaxValue);
    }

    /// <summary>Every pair of values a matrix holds, as a comparable list.</summary>
    public static List<(int Row, int Column, float Value)> Entries(this SparseMatrix matrix)
    {
        var entries = new List<(int, int, float)>();
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var position = 0; position < matrix.RowLength(row); position++)
                entries.Add((row, matrix.RowColumns(row)[position], matrix.RowValues(row)[position]));
        }

        return entries;
    }

    public static float[] Floats(int count, int seed)
    {
        var random = new SeededRandom(seed, 0);
        var values = new float[count];
        for (var position = 0; position < count; position++)
            values[position] = random.NextGaussian();
        return values;
    }

    public static byte KindIndex(string name) => InteractionKinds.Default.TryGetIndex(name, out var index)
        ? index
        : throw new ArgumentException($"There is no kind '{name}'.", nameof(name));
}
