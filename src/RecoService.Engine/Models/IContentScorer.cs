using RecoService.Engine.Data;
using RecoService.Engine.Numerics;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

/// <summary>An item in the terms of a model of contents.</summary>
/// <param name="Terms">Ascending.</param>
/// <param name="Weights">One per term; the whole has length 1 or is empty.</param>
internal readonly record struct TermVector(int[] Terms, float[] Weights);

/// <summary>An item that arrived after the models were trained, or that they had no interactions of.</summary>
/// <param name="ItemIndex">Of the serving state.</param>
/// <param name="AddedAt">Unix milliseconds.</param>
/// <param name="Vector">What is known of it, in the terms of a model of contents.</param>
/// <param name="Row">Where the recommender places it; null where it does not.</param>
internal readonly record struct LaterItem(int ItemIndex, long AddedAt, TermVector Vector, float[]? Row = null)
{
    /// <summary>Whether the models were trained when it was there already.</summary>
    public bool IsTrained { get; init; }
}

/// <summary>A model that knows items by what the catalogue says of them, so also those that arrived after it was trained.</summary>
internal interface IContentScorer : IScorer, ISimilarItems
{
    /// <summary>An item that arrived later, read as if it had been there.</summary>
    TermVector VectorOf(ItemContent content);

    /// <summary>An item that was there, whether or not anybody had touched it; empty when nothing is known of it.</summary>
    /// <param name="itemIndex">An item index of the serving state.</param>
    TermVector VectorOf(int itemIndex);

    /// <summary>The cosine of each of some later items with a history in which later items count too.</summary>
    /// <param name="user">Indexes beyond <see cref="IScorer.Items"/> are looked up in <paramref name="later"/>.</param>
    /// <param name="later">Items that the model was not trained on, by index.</param>
    /// <param name="scores">One per later item; 0 where they have no term in common.</param>
    void ScoreLater(in UserHistory user, ReadOnlySpan<LaterItem> later, Span<float> scores);

    /// <summary>Offers the items like one that arrived later; nothing when nothing it says is known.</summary>
    /// <param name="vector">From <see cref="VectorOf(ItemContent)"/>.</param>
    /// <param name="blocked">A bit per item index, set = leave out; bits beyond its end count as unset.</param>
    /// <param name="best">Keeps the most similar.</param>
    void RetrieveSimilarItems(TermVector vector, ReadOnlySpan<ulong> blocked, TopK best);
}
