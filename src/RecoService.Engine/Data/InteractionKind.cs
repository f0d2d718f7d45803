namespace RecoService.Engine.Data;

/// <summary>What a user may do with an item, and what it says about taste.</summary>
/// <param name="Name">The word on the wire: <c>view</c>, <c>purchase</c>, <c>rating</c>, ...</param>
/// <param name="Weight">How strongly one such interaction speaks for the item; negative when it speaks against it. Unitless.</param>
/// <param name="Consumes">The item is no longer recommended to this user.</param>
public sealed record InteractionKind(string Name, float Weight, bool Consumes)
{
    /// <summary>The kind that carries a value on the rating scale; a user has at most one rating of an item.</summary>
    public const string Rating = "rating";

    public bool IsRating => Name == Rating;

    /// <summary>The name of the kind that it undoes: one interaction cancels the user's latest earlier one of that kind with the item. Null: none.</summary>
    public string? Undoes { get; init; }

    /// <summary>Only of a kind that consumes: after so many days the item may be recommended again. 0: at once. Null: never.</summary>
    public double? ConsumesForDays { get; init; }
}
