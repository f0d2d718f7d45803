using RecoService.Engine.Data;

namespace RecoService.Engine.Models;

/// <summary>Where most of a score comes from.</summary>
public enum ReasonCode
{
    /// <summary>What the user did.</summary>
    History,

    /// <summary>What the catalogue says of items that the user did something with.</summary>
    Content,

    /// <summary>Many users are for the item.</summary>
    Popular,

    /// <summary>More users than before are for it.</summary>
    Trending,

    /// <summary>It is new.</summary>
    New,

    /// <summary>The user did something with it lately.</summary>
    Recent,

    /// <summary>The user has bought it, and is due to buy it again.</summary>
    BuyAgain,

    /// <summary>It was bought with the items that the request is about.</summary>
    BoughtTogether,

    /// <summary>It is like the item that the request is about.</summary>
    Similar,

    /// <summary>It suits what the user said of themselves.</summary>
    Attributes,

    /// <summary>Many users with the same attributes are for it.</summary>
    PopularInGroup,
}

/// <summary>
/// A model that says what each item of a history adds to a score. What is common to the whole history is taken as it is: without an item the weights of the others
/// stay, and so do the length of a normalised history, the equations of a fold-in and the scales of a blend. Where these change with the history, a score falls by
/// another amount than the contribution when the item is really gone: with least squares by less, for the items that are left take its place.
/// </summary>
public interface IExplainableScorer : IScorer
{
    /// <summary>Whether it can; false of a model whose kind can but whose training cannot, as of factors by a fold-in that is no sum.</summary>
    bool CanExplain => true;

    /// <summary>Says it of some items.</summary>
    /// <param name="user">Who is asked about; only the history counts, and no trained vector.</param>
    /// <param name="itemIndexes">Indexes of <see cref="IScorer.Items"/>.</param>
    /// <param name="contributions">
    /// |items| x |history|, row-major: a row sums up to the item's score less what does not depend on the history; below 0 for what speaks against the item. Zeros
    /// for an item of which the history says nothing, and where the model cannot explain.
    /// </param>
    /// <param name="codes">One per item.</param>
    void Contributions(in UserHistory user, ReadOnlySpan<int> itemIndexes, Span<float> contributions, Span<ReasonCode> codes);
}
