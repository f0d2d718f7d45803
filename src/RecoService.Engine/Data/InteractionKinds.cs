using System.Collections.Frozen;

namespace RecoService.Engine.Data;

/// <summary>The configured table of interaction kinds and the scale of ratings. Immutable; a kind's index is its place in the table.</summary>
public sealed class InteractionKinds
{
    private readonly InteractionKind[] kinds;
    private readonly FrozenDictionary<string, byte> indexes;

    /// <param name="kinds">1 to 255 kinds with distinct names, <c>rating</c> among them.</param>
    /// <param name="ratingMin">The lowest rating accepted.</param>
    /// <param name="ratingMax">The highest rating accepted.</param>
    /// <param name="halfLifeDays">After so many days an interaction says half as much about taste; null for never.</param>
    /// <exception cref="ArgumentException">A name stands twice, <c>rating</c> is missing, a weight is not finite, or the scale is empty.</exception>
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
        RatingMin = ratingMin;
        RatingMax = ratingMax;
        HalfLifeDays = halfLifeDays is null or > 0 ? halfLifeDays : throw new ArgumentOutOfRangeException(nameof(halfLifeDays), halfLifeDays, "A half-life is longer than 0 days.");
    }

    /// <summary>view 1, click 2, add-to-cart 4, purchase 8, like 4, rating 5 (scaled by its value), dislike -4.</summary>
    public static InteractionKinds Default { get; } = new(
    [
        new("view", 1, Consumes: false),
        new("click", 2, Consumes: false),
        new("add-to-cart", 4, Consumes: false),
        new("purchase", 8, Consumes: true),
        new("like", 4, Consumes: false),
        new(InteractionKind.Rating, 5, Consumes: true),
        new("dislike", -4, Consumes: true),
    ]);

    public int Count => kinds.Length;

    public byte RatingIndex { get; }

    public float RatingMin { get; }

    public float RatingMax { get; }

    /// <summary>Days after which an interaction says half as much about taste; null for never.</summary>
    public double? HalfLifeDays { get; }

    public InteractionKind this[int index] => kinds[index];

    public bool TryGetIndex(string name, out byte index) => indexes.TryGetValue(name, out index);

    /// <summary>What one interaction says about taste: the kind's weight, for a rating scaled by value / maximum.</summary>
    public float WeightOf(byte kindIndex, float value) =>
        kindIndex == RatingIndex ? kinds[kindIndex].Weight * value / RatingMax : kinds[kindIndex].Weight;
}
