using RecoService.Engine.Data;

namespace RecoService.Engine.Composition;

/// <summary>The stage after retrieval: a score for every candidate of one user, by which they are put in order. Immutable; has a stored form.</summary>
public interface IRanker
{
    /// <summary>
    /// Whether scores are held against the list that the user has when nothing but their history is left out. Then every item that the parts know has a score, and the same one under
    /// every filter, and exactly the best n of each part are ranked. Else the candidates are held against each other, only they have a score, and some more than n may be ranked.
    /// </summary>
    bool RanksAgainstOwnList { get; }

    /// <summary>Whether it is for so many parts and items.</summary>
    bool Fits(int partCount, int itemCount);

    /// <summary>Fills the candidates' <see cref="CandidateSet.Scores"/>: the higher the better, NaN for one that nothing is known of.</summary>
    /// <param name="user">Whose candidates they are, and what they did.</param>
    /// <param name="candidates">What is ranked, with what each part says of it.</param>
    /// <param name="own">The user's own list, or the candidates themselves where they are that list or where the ranker asks for none.</param>
    void Rank(in UserHistory user, CandidateSet candidates, CandidateSet own);

    /// <summary>By how much a candidate's score rises where a part's score of it rises by 1. False of a ranker that does not add up what the parts say.</summary>
    /// <param name="candidates">What was ranked last; it stays as it is.</param>
    /// <param name="slopes">One per part.</param>
    bool TrySlopes(CandidateSet candidates, Span<float> slopes) => false;

    /// <summary>False when a number in it is not finite.</summary>
    bool IsSound();

    /// <summary>The same over other users and items, where it knows any.</summary>
    IRanker Rebase(KeyMap fromUsers, KeyMap toUsers, KeyMap fromItems, KeyMap toItems) => this;
}
