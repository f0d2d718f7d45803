using System.ComponentModel.DataAnnotations;

namespace RecoService.Api.Settings;

/// <summary>Ratings, and how interactions age.</summary>
public sealed class InteractionSettings
{
    public Dictionary<string, KindSettings> Kinds { get; set; } = [];

    /// <summary>The lowest rating that is accepted. It must be below the highest.</summary>
    [Range(-1000f, 1000f)]
    public float RatingMin { get; set; } = 0.5f;

    /// <summary>The highest rating that is accepted.</summary>
    [Range(-1000f, 1000f)]
    public float RatingMax { get; set; } = 5;

    /// <summary>The half-life, in days, of an interaction's weight in training. Without a value age does not matter.</summary>
    [Range(0.01, 36_500)]
    public double? HalfLifeDays { get; set; }
}

/// <summary>A kind of interaction, under its name. It adds a kind, or changes one of the table above; what is not set stays as it is.</summary>
public sealed class KindSettings
{
    /// <summary>How strongly an interaction speaks for the item; negative values speak against it, and 0 takes the kind out of training. A new kind has 1, or 0
    /// when it undoes another.</summary>
    [Range(-1000f, 1000f)]
    public float? Weight { get; set; }

    /// <summary>Whether the item is no longer recommended to this user. A new kind does not consume.</summary>
    public bool? Consumes { get; set; }

    /// <summary>After how many days, counted from the last time, a consumed item may be recommended again; 0 is at once. Without a value: never. A value makes the
    /// kind one that consumes. An item's own <c>consumesForDays</c> wins.</summary>
    [Range(0.0, 36_500.0)]
    public double? ConsumesForDays { get; set; }

    /// <summary>The kind that this one undoes. One such interaction cancels the user's latest earlier one of that kind with the item. A kind that undoes has the
    /// weight 0 and does not consume.</summary>
    public string? Undoes { get; set; }

    /// <summary>After how many days interactions of this kind are deleted, by the time at which they occurred. Without a value they are kept.</summary>
    [Range(1, 36_500)]
    public int? RetentionDays { get; set; }
}
