using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <param name="Train">What the recommenders learn from.</param>
/// <param name="Holdout">The other part of the same split; its ratings are what is predicted.</param>
/// <param name="Relevant">|U| x |I|: what lists are looked through for; empty for ratings.</param>
/// <param name="Candidates">|U| x |I|: what is ranked for each user; null: everything.</param>
public sealed record EvaluationFold(InteractionDataset Train, InteractionDataset Holdout, SparseMatrix Relevant, SparseMatrix? Candidates = null)
{
    /// <summary>What is known of the users when they are given lists, and not ranked for them: the train part, and more where a protocol keeps something from training that it shows to the model.</summary>
    public InteractionDataset History { get; init; } = Train;

    /// <summary>What holds for the items that users had before; <see cref="Relevant"/> is made by the same rule.</summary>
    public RepeatRule Repeats { get; init; }

    /// <summary>When lists are given, in Unix milliseconds; null: with the newest interaction of <see cref="History"/>.</summary>
    public long? Now { get; init; }

    /// <summary>Lists are judged by the items of the holdout that they may hold.</summary>
    /// <param name="split">Both parts; a cut in time is when lists are given.</param>
    /// <param name="repeats">What holds for the items of the train part.</param>
    public static EvaluationFold OfLists(DataSplit split, RepeatRule repeats = RepeatRule.None) =>
        new(split.Train, split.Holdout, HoldoutItems.From(split.Train, split.Holdout, repeats, split.TimeOfLists).Relevant) { Repeats = repeats, Now = split.TimeOfLists };

    /// <summary>Predictions are judged by the ratings of the holdout.</summary>
    public static EvaluationFold OfRatings(DataSplit split) => new(split.Train, split.Holdout, SparseMatrix.Empty(split.Train.Users.Count, split.Train.Items.Count));
}

/// <summary>What is measured.</summary>
public enum EvaluationTarget
{
    /// <summary>Lists of the best items.</summary>
    TopN,

    /// <summary>Predicted ratings.</summary>
    Ratings,
}

/// <param name="Target">Lists or ratings.</param>
/// <param name="CutOffs">List lengths, ascending; empty for ratings.</param>
/// <param name="Headline">The metric recommenders are compared by.</param>
/// <param name="HeadlineCutOff">The list length they are compared at, one of <paramref name="CutOffs"/>.</param>
/// <param name="IdealDcg">What a perfect list is.</param>
/// <param name="Ties">Which of equally scored items stands first.</param>
/// <param name="Repeats">What holds for the items that users had before.</param>
public sealed record EvaluationProtocol(
    EvaluationTarget Target, IReadOnlyList<int> CutOffs, RankingMetric Headline = RankingMetric.Ndcg, int HeadlineCutOff = 10,
    IdealDcg IdealDcg = IdealDcg.AtMostK, TieOrder Ties = TieOrder.LowerIndexFirst, RepeatRule Repeats = RepeatRule.None)
{
    public static EvaluationProtocol Ratings { get; } = new(EvaluationTarget.Ratings, []);
}
