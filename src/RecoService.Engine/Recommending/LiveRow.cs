using System.Collections.Immutable;
using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending;

/// <summary>One user's history with what came since the state was built. Immutable: a reader keeps the row it found.</summary>
internal sealed class LiveRow
{
    private readonly int userIndex;
    private readonly int[] items;
    private readonly float[] weights;
    private readonly long[] times;
    private readonly float[] ratings;
    private readonly long builtThrough;
    private readonly ImmutableHashSet<LiveInteraction> added;

    private LiveRow(int userIndex, int[] items, float[] weights, long[] times, float[] ratings, int[] consumed, long builtThrough, ImmutableHashSet<LiveInteraction> added)
    {
        this.userIndex = userIndex;
        this.items = items;
        this.weights = weights;
        this.times = times;
        this.ratings = ratings;
        Consumed = consumed;
        this.builtThrough = builtThrough;
        this.added = added;
    }

    public RequestContext Context => new(new UserHistory(userIndex, items, weights, times, ratings), Consumed);

    public int[] Consumed { get; }

    public static LiveRow Of(in RequestContext context, bool isBuilt)
    {
        var history = context.User;
        var newest = long.MinValue;
        foreach (var time in isBuilt ? history.Times : [])
            newest = Math.Max(newest, time);
        return new LiveRow(
            history.UserIndex, [.. history.Items], [.. history.Weights], [.. history.Times], [.. history.Ratings], [.. context.Consumed], newest, []);
    }

    /// <summary>The row with one interaction more; null when it is in there already.</summary>
    public LiveRow? With(LiveInteraction interaction, InteractionKinds kinds)
    {
        var place = Array.BinarySearch(items, interaction.ItemIndex);
        var isNew = place < 0;
        if (added.Contains(interaction) || (!isNew && WasBuiltIn(interaction, kinds)))
            return null;

        var at = isNew ? ~place : place;
        var wider = isNew ? 1 : 0;
        var next = new LiveRow(
            userIndex, Widened(items, at, wider, interaction.ItemIndex), Widened(weights, at, wider, 0), Widened(times, at, wider, interaction.Time),
            Widened(ratings, at, wider, float.NaN), ConsumedWith(interaction, kinds), builtThrough, added.Add(interaction));
        next.Count(at, interaction, kinds);
        return next;
    }

    /// <summary>What the store sends a second time after a swap is no newer than what the state was built from.</summary>
    private bool WasBuiltIn(LiveInteraction interaction, InteractionKinds kinds)
    {
        var place = Array.BinarySearch(items, interaction.ItemIndex);
        return interaction.Time <= builtThrough && times[place] >= interaction.Time
            && (!kinds[interaction.KindIndex].Consumes || Array.IndexOf(Consumed, interaction.ItemIndex) >= 0)
            && (interaction.KindIndex != kinds.RatingIndex || ratings[place] == interaction.Value);
    }

    private void Count(int place, LiveInteraction interaction, InteractionKinds kinds)
    {
        var isRating = interaction.KindIndex == kinds.RatingIndex;
        // A user has one rating of an item: a new one takes the place of the old one's weight.
        if (isRating && !float.IsNaN(ratings[place]))
            weights[place] -= kinds.WeightOf(interaction.KindIndex, ratings[place]);
        weights[place] += kinds.WeightOf(interaction.KindIndex, interaction.Value);
        if (isRating)
            ratings[place] = interaction.Value;
        times[place] = Math.Max(times[place], interaction.Time);
    }

    private int[] ConsumedWith(LiveInteraction interaction, InteractionKinds kinds) =>
        !kinds[interaction.KindIndex].Consumes || Array.IndexOf(Consumed, interaction.ItemIndex) >= 0 ? Consumed : [.. Consumed, interaction.ItemIndex];

    private static T[] Widened<T>(T[] values, int at, int wider, T value)
    {
        var widened = new T[values.Length + wider];
        values.AsSpan(0, at).CopyTo(widened);
        values.AsSpan(at).CopyTo(widened.AsSpan(at + wider));
        if (wider > 0)
            widened[at] = value;
        return widened;
    }
}
