using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Models;

internal static class ScorerExtensions
{
    /// <summary>The model over the index space of a dataset, and with its histories where the model scores by them.</summary>
    public static IScorer Over(this IScorer model, InteractionDataset dataset)
    {
        if (!SameKeys(model.Users, dataset.Users) || !SameKeys(model.Items, dataset.Items))
            model = model.Rebase(dataset.Users, dataset.Items);
        return model is IHistoryScorer scorer ? scorer.WithHistories(dataset) : model;
    }

    /// <summary>The model as it answers requests fastest.</summary>
    public static IScorer ForServing(this IScorer model) => model is IServedScorer scorer ? scorer.ForServing() : model;

    private static bool SameKeys(KeyMap left, KeyMap right) => ReferenceEquals(left, right) || left.Keys.SequenceEqual(right.Keys);
}
