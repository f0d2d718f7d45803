using RecoService.Engine.Data;

namespace RecoService.Engine.Models;

/// <summary>A model that places items which it had no interactions of, by what the catalogue says of them. Thread-safe.</summary>
internal interface IColdScorer : IScorer
{
    /// <summary>Whether its training has taught it so.</summary>
    bool PlacesItems { get; }

    /// <summary>Where an item belongs that arrived later; null when nothing it says is known.</summary>
    float[]? RowOf(ItemContent content);

    /// <summary>Where an item belongs that was in the training data and had no interaction there; null for others.</summary>
    /// <param name="key">Of the store.</param>
    float[]? RowOf(int key);

    /// <summary>Whether there is a <see cref="RowOf(int)"/>.</summary>
    /// <param name="key">Of the store.</param>
    bool HasRowOf(int key);

    /// <summary>Scores some later items for a user.</summary>
    /// <param name="user">Who is asked about.</param>
    /// <param name="later">Those without a row have NaN.</param>
    /// <param name="scores">One per later item.</param>
    /// <returns>False when nothing is known of the user.</returns>
    bool TryScoreLater(in UserHistory user, ReadOnlySpan<LaterItem> later, Span<float> scores);
}
