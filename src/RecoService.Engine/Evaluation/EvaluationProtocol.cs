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

    /// <summary>Lists are judged by the items of the holdout that are new to their users.</summary>
    public static EvaluationFold OfLists(DataSplit split) => new(split.Train, split.Holdout, HoldoutItems.From(split.Train, split.Holdout).Relevant);

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
public sealed record EvaluationProtocol(
    EvaluationTarget Target, IReadOnlyList<int> CutOffs, RankingMetric Headline = RankingMetric.Ndcg, int HeadlineCutOff = 10,
    IdealDcg IdealDcg = IdealDcg.AtMostK, TieOrder Ties = TieOrder.LowerIndexFirst)
{
    public static EvaluationProtocol Ratings { get; } = new(EvaluationTarget.Ratings, []);
}
