using RecoService.Engine.Data;

namespace RecoService.Lab.Files;

/// <summary>Collects the interactions of one or more files, each marked with the part it belongs to, over common key maps. A row with a rating becomes a <c>rating</c>, any other a <c>purchase</c>, both of weight 1.</summary>
public sealed class SplitBuilder
{
    private const byte Purchase = 0;
    private const byte Rating = 1;

    /// <summary>No item has this key.</summary>
    private const int NoItem = -1;

    private readonly List<(int User, int Item, float? Rating, long Time, byte Part)> rows = [];
    private readonly List<FileExposure> exposures = [];
    private readonly Dictionary<int, ItemContent> contents = [];
    private readonly Dictionary<int, UserContent> userContents = [];

    public IdTable Users { get; } = new();

    public IdTable Items { get; } = new();

    public int Count => rows.Count;

    /// <summary>Whether items may be taken again, so that no interaction consumes its item.</summary>
    public bool CanRepeat { get; init; }

    /// <param name="row">The interaction; without a time its place among those added counts as one.</param>
    /// <param name="part">Any number; see <see cref="Build"/>.</param>
    public void Add(FileInteraction row, byte part = 0) =>
        rows.Add((Users.PositionOf(row.User), Items.PositionOf(row.Item), row.Rating, row.Time ?? rows.Count, part));

    /// <summary>Says that a user was shown an item; a user whom no row names is passed over, and an item that none does keeps its place.</summary>
    public void AddShown(FileExposure row) => exposures.Add(row);

    /// <summary>Says what is known of an item; an item that no row has named is passed over.</summary>
    public void AddContent(string item, ItemContent content)
    {
        if (Items.TryGetPlace(item, out var position))
            contents[position] = content;
    }

    /// <summary>Says what is known of a user; one whom no row has named is passed over.</summary>
    public void AddUserContent(string user, UserContent content)
    {
        if (Users.TryGetPlace(user, out var position))
            userContents[position] = content;
    }

    /// <summary>Freezes all rows.</summary>
    /// <returns>The dataset, whose rating scale is that of its ratings, and the part of each interaction: users in the order of their index, each user's oldest first.</returns>
    public (InteractionDataset All, byte[] Parts) Build()
    {
        // A dataset orders what it is given; a second one, with the parts as values, is ordered the same way.
        var kinds = Kinds();
        var builder = new InteractionDatasetBuilder(kinds);
        var marks = new InteractionDatasetBuilder(kinds);
        foreach (var (user, item, rating, time, part) in rows)
        {
            builder.Add(Users.KeyOf(user), Items.KeyOf(item), rating is null ? Purchase : Rating, rating ?? 0, time);
            marks.Add(Users.KeyOf(user), Items.KeyOf(item), Purchase, part, time);
        }

        foreach (var (item, content) in contents)
            builder.AddContent(Items.KeyOf(item), content);
        foreach (var (user, content) in userContents)
            builder.AddUserContent(Users.KeyOf(user), content);
        foreach (var list in exposures.GroupBy(row => (row.User, row.Time)))
            AddShown(builder, list.Key.User, list.Key.Time, [.. list]);
        var marked = marks.Build();
        return (builder.Build(), [.. Enumerable.Range(0, marked.Users.Count).SelectMany(user => marked.UserValues(user).ToArray()).Select(part => (byte)part)]);
    }

    private void AddShown(InteractionDatasetBuilder builder, string user, long time, FileExposure[] rows)
    {
        if (!Users.TryGetKey(user, out var userKey))
            return;
        var length = rows.Max(row => row.Position);
        var (items, touched, propensities) = (new int[length], new long[length], new float[length]);
        Array.Fill(items, NoItem);
        Array.Fill(touched, Exposures.Untouched);
        Array.Fill(propensities, 1);
        foreach (var row in rows)
        {
            items[row.Position - 1] = Items.TryGetKey(row.Item, out var item) ? item : NoItem;
            touched[row.Position - 1] = row.IsTouched ? time : Exposures.Untouched;
            propensities[row.Position - 1] = row.Propensity;
        }

        builder.AddShown(userKey, time, items, touched, propensities);
    }

    private InteractionKinds Kinds()
    {
        var ratings = rows.Where(row => row.Rating is not null).Select(row => row.Rating!.Value);
        var (min, max) = (ratings.DefaultIfEmpty(1).Min(), ratings.DefaultIfEmpty(5).Max());
        return new InteractionKinds([new("purchase", 1, Consumes: !CanRepeat), new(InteractionKind.Rating, 1, Consumes: !CanRepeat)], min, max > min ? max : min + 1);
    }
}
