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
}
