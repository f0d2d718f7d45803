using RecoService.Engine.Data;

namespace RecoService.Engine.Models;

/// <summary>What is asked of a model and of all that it is made of.</summary>
public static class ScorerExtensions
{
    /// <summary>The model over the index space of a dataset, and with its histories where the model scores by them.</summary>
    public static IScorer Over(this IScorer model, InteractionDataset dataset) => LaidOver(dataset).Apply(model);

    /// <summary>The model with these histories, where it scores by them.</summary>
    /// <param name="model">Any.</param>
    /// <param name="histories">What users did, over the model's key maps.</param>
    public static IScorer WithHistories(this IScorer model, InteractionDataset histories) =>
        new LeafMap(leaf => leaf is IHistoryScorer scorer ? scorer.WithHistories(histories) : leaf).Apply(model);

    /// <summary>What the model reads of a history, its parts included.</summary>
    public static HistoryNeeds Needs(this IScorer model) =>
        model.Find<IHistoryReader>().Aggregate(HistoryNeeds.None, (needs, reader) => needs | reader.Needs);

    /// <summary>The model as it answers requests fastest.</summary>
    public static IScorer ForServing(this IScorer model) => Served().Apply(model);

    /// <summary>Everything in a model that can do something: the model itself, or those of its parts, in their order.</summary>
    /// <typeparam name="T">What it has to be able to do.</typeparam>
    public static IEnumerable<T> Find<T>(this IScorer model)
        where T : class => model is T able ? [able] : model is IComposedScorer composed ? composed.Parts.SelectMany(part => part.Find<T>()) : [];

    /// <summary><see cref="Over"/> for several models: those that share a part still do.</summary>
    internal static LeafMap LaidOver(InteractionDataset dataset) => new(leaf =>
    {
        if (!SameKeys(leaf.Users, dataset.Users) || !SameKeys(leaf.Items, dataset.Items))
            leaf = leaf.Rebase(dataset.Users, dataset.Items);
        return leaf is IHistoryScorer scorer ? scorer.WithHistories(dataset) : leaf;
    });

    /// <summary><see cref="ForServing(IScorer)"/> for several models.</summary>
    internal static LeafMap Served() => new(leaf => leaf is IServedScorer scorer ? scorer.ForServing() : leaf);

    private static bool SameKeys(KeyMap left, KeyMap right) => ReferenceEquals(left, right) || left.Keys.SequenceEqual(right.Keys);
}
