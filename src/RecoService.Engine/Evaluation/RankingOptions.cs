using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>Which ideal list a user's DCG is divided by. Published figures use either; they differ for users with more than K relevant items.</summary>
public enum IdealDcg
{
    /// <summary>All relevant items of the user first, however many: nDCG@K can stay below 1 even for a perfect list.</summary>
    AllRelevant,

    /// <summary>min(K, relevant) items first: a perfect list has nDCG@K = 1.</summary>
    AtMostK,
}

/// <param name="K">The length of the judged list.</param>
/// <param name="IdealDcg">What a perfect list is.</param>
/// <param name="Threads">How many threads rank at once; the figures do not depend on it.</param>
public sealed record RankingOptions(int K = 10, IdealDcg IdealDcg = IdealDcg.AtMostK, int Threads = 1)
{
    /// <summary>Which of equally scored items stands first.</summary>
    public TieOrder Ties { get; init; }

    /// <summary>What holds for the items that a user had before. Where some of them may be listed beside new ones, the figures of either are measured apart.</summary>
    public RepeatRule Repeats { get; init; }

    /// <summary>When lists are given, in Unix milliseconds; null: with the newest interaction that is known. Only for <see cref="RepeatRule.AsServed"/>.</summary>
    public long? Now { get; init; }

    /// <summary>|U| x |I|: the items that are ranked for a user, those that their list must not hold left out. Null: all items.</summary>
    public SparseMatrix? Candidates { get; init; }

    /// <summary>Judge users without train history too, as far as the model has a list for them.</summary>
    public bool JudgeStrangers { get; init; }

    /// <summary>Intra-list diversity is measured on at most so many users, evenly spread; 0 leaves it out, for it costs more than all other metrics together.</summary>
    public int DiversityUsers { get; init; }
}
