using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Ranking;

/// <summary>The second stage's function: scores the candidates of one user. Immutable; has a stored form.</summary>
public interface IRankingFunction
{
    /// <summary>One score per candidate, the higher the better. Scores of two lists say nothing of each other.</summary>
    /// <param name="list">Who, which items, and the features of each.</param>
    /// <param name="scores">As long as the list.</param>
    void Score(in RankedList list, Span<float> scores);

    /// <summary>False when a number in it is not finite.</summary>
    bool IsSound();

    /// <summary>The same over other users and items, where it knows any.</summary>
    IRankingFunction Rebase(KeyMap fromUsers, KeyMap toUsers, KeyMap fromItems, KeyMap toItems) => this;
}

/// <summary>What a ranker sees of a list.</summary>
/// <param name="user">Whose list it is, and what they did.</param>
/// <param name="items">Item indexes.</param>
/// <param name="features">|items| x <see cref="UserItemFeatures.Count"/>, row-major, standardised within the list.</param>
public readonly ref struct RankedList(UserHistory user, ReadOnlySpan<int> items, ReadOnlySpan<float> features)
{
    public UserHistory User { get; } = user;

    public ReadOnlySpan<int> Items { get; } = items;

    public ReadOnlySpan<float> Features { get; } = features;

    /// <summary>The features of one candidate.</summary>
    public ReadOnlySpan<float> this[int position] => Features.Slice(position * UserItemFeatures.Count, UserItemFeatures.Count);
}
