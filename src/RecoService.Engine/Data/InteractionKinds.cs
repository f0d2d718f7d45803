using System.Collections.Frozen;

namespace RecoService.Engine.Data;

/// <summary>The configured table of interaction kinds and the scale of ratings. Immutable; a kind's index is its place in the table.</summary>
public sealed class InteractionKinds
{
    private readonly InteractionKind[] kinds;
    private readonly FrozenDictionary<string, byte> indexes;
    private readonly byte?[] undone;
    private readonly bool[] canBeUndone;

    /// <param name="kinds">1 to 255 kinds with distinct names, <c>rating</c> among them.</param>
    /// <param name="ratingMin">The lowest rating accepted.</param>
    /// <param name="ratingMax">The highest rating accepted.</param>
    /// <param name="halfLifeDays">After so many days an interaction says half as much about taste; null for never.</param>
    /// <exception cref="ArgumentException">A name stands twice, <c>rating</c> is missing, a weight is not finite, the scale is empty, or a kind undoes what it cannot.</exception>
    public InteractionKinds(IEnumerable<InteractionKind> kinds, float ratingMin = 0.5f, float ratingMax = 5f, double? halfLifeDays = null)
    {
        this.kinds = [.. kinds];
        if (this.kinds.Length is 0 or > byte.MaxValue)
            throw new ArgumentException("Between 1 and 255 interaction kinds are needed.", nameof(kinds));
        if (this.kinds.FirstOrDefault(kind => !float.IsFinite(kind.Weight)) is { } odd)
            throw new ArgumentException($"The weight of kind '{odd.Name}' is not a finite number.", nameof(kinds));
        if (this.kinds.GroupBy(kind => kind.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The kind '{twice.Key}' stands twice in the table.", nameof(kinds));
        if (!(ratingMin < ratingMax))
            throw new ArgumentException("The rating scale needs a minimum below its maximum.", nameof(ratingMin));

        indexes = this.kinds.Select((kind, index) => (kind.Name, index)).ToFrozenDictionary(pair => pair.Name, pair => (byte)pair.index);
        RatingIndex = indexes.TryGetValue(InteractionKind.Rating, out var rating)
            ? rating
            : throw new ArgumentException($"The table needs the kind '{InteractionKind.Rating}'.", nameof(kinds));
        undone = Array.ConvertAll(this.kinds, UndoneIndexOf);
        canBeUndone = [.. this.kinds.Select((_, index) => undone.Contains((byte)index))];
        if (Array.Find(this.kinds, kind => kind.ConsumesForDays is { } days && !(kind.Consumes && days >= 0 && double.IsFinite(days))) is { } never)
            throw new ArgumentException($"The kind '{never.Name}' has ConsumesForDays, which is 0 or more and of a kind that consumes.", nameof(kinds));
        StrongestIndex = Enumerable.Range(0, this.kinds.Length).Where(index => !this.kinds[index].IsRating).Select(index => (byte)index).DefaultIfEmpty(RatingIndex).MaxBy(index => this.kinds[index].Weight);
        RatingMin = ratingMin;
        RatingMax = ratingMax;
        HalfLifeDays = halfLifeDays is null or > 0 ? halfLifeDays : throw new ArgumentOutOfRangeException(nameof(halfLifeDays), halfLifeDays, "A half-life is longer than 0 days.");
    }

    /// <summary>view 1, click 2, add-to-cart 4, purchase 8, like 4, rating 5 (scaled by its value), dislike -4; return undoes purchase, remove-from-cart undoes add-to-cart.</summary>
    public static InteractionKinds Default { get; } = new(
    [
        new("view", 1, Consumes: false),
        new("click", 2, Consumes: false),
        new("add-to-cart", 4, Consumes: false),
        new("purchase", 8, Consumes: true),
        new("like", 4, Consumes: false),
        new(InteractionKind.Rating, 5, Consumes: true),
        new("dislike", -4, Consumes: true),
        new("return", 0, Consumes: false) { Undoes = "purchase" },
        new("remove-from-cart", 0, Consumes: false) { Undoes = "add-to-cart" },
    ]);

    public int Count => kinds.Length;

    public byte RatingIndex { get; }

    public float RatingMin { get; }

    public float RatingMax { get; }

    /// <summary>Days after which an interaction says half as much about taste; null for never.</summary>
    public double? HalfLifeDays { get; }

    /// <summary>Whether what users want most may be taken again: the kind of the largest weight that is no rating does not consume, or for some days only.</summary>
    public bool CanRepeat => kinds[StrongestIndex] is { IsRating: false } and ({ Consumes: false } or { ConsumesForDays: not null });

    /// <summary>The kind of what users want most: of the largest weight that is no rating, as a purchase; the rating where there is no other.</summary>
    public byte StrongestIndex { get; }

    public InteractionKind this[int index] => kinds[index];

    public bool TryGetIndex(string name, out byte index) => indexes.TryGetValue(name, out index);

    /// <summary>The kind that this one undoes; null for one that undoes nothing.</summary>
    public byte? UndoneBy(byte kindIndex) => undone[kindIndex];

    /// <summary>Whether there is a kind that undoes this one.</summary>
    public bool CanBeUndone(byte kindIndex) => canBeUndone[kindIndex];

    /// <summary>When an item consumed by this kind may be recommended again, in Unix milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    /// <param name="kindIndex">A kind that consumes.</param>
    /// <param name="time">When it was consumed, in Unix milliseconds.</param>
    public long ConsumedUntil(byte kindIndex, long time) =>
        kinds[kindIndex].ConsumesForDays is { } days ? time + (long)(days * TimeSpan.MillisecondsPerDay) : long.MaxValue;

    /// <summary>What one interaction says about taste: the kind's weight, for a rating scaled by value / maximum.</summary>
    public float WeightOf(byte kindIndex, float value) =>
        kindIndex == RatingIndex ? kinds[kindIndex].Weight * value / RatingMax : kinds[kindIndex].Weight;

    private byte? UndoneIndexOf(InteractionKind kind)
    {
        if (kind.Undoes is not { } name)
            return null;
        if (!indexes.TryGetValue(name, out var index))
            throw new ArgumentException($"The kind '{kind.Name}' undoes '{name}', which is no kind of the table.", nameof(kind));
        if (index == RatingIndex || kinds[index].Undoes is not null)
            throw new ArgumentException($"The kind '{kind.Name}' undoes '{name}', which cannot be undone: a rating is deleted, and what undoes stays done.", nameof(kind));
        if (kind.Weight != 0 || kind.Consumes)
            throw new ArgumentException($"The kind '{kind.Name}' undoes another, so it has the weight 0 and does not consume.", nameof(kind));
        return index;
    }
}
