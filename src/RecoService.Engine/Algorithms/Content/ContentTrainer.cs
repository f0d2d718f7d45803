using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>
/// Recommends what reads like the history: items as weighted terms of the catalogue, a user as the sum of their items, ranked by the cosine.
/// Lops, de Gemmis, Semeraro, "Content-based Recommender Systems", Recommender Systems Handbook, 2011; term weights as <see cref="TermWeighting"/> names them.
/// It knows items that nobody has touched; unknown to it are items of which the catalogue says nothing, users without a history, and pairs without a term in common.
/// </summary>
public sealed class ContentTrainer(ContentOptions options) : ITrainer
{
    private const int ItemsPerReport = 1_000;
    private const double ShareOfReading = 0.8;

    /// <exception cref="TrainingException">The catalogue says nothing that tells items apart.</exception>
    public IScorer Train(InteractionDataset dataset, TrainingContext context)
    {
        context.Report("preparing", 0);
        context.CancellationToken.ThrowIfCancellationRequested();
        var bands = new PriceBands(Enumerable.Range(0, dataset.Items.Count).Select(item => dataset.ContentOf(item)?.Price), options.PriceBands);
        var counter = CountTerms(dataset, new TermReader(options, bands), context);
        var counts = counter.Build(dataset.Items.Count);
        var weights = TermWeights.Of(counts, options);
        var itemTerms = weights.Weigh(counts);
        if (itemTerms.NonZeroCount == 0 && dataset.Items.Count > 0)
        {
            throw new TrainingException(dataset.HasContent
                ? "The catalogue says nothing that tells items apart: give items different titles, categories or attributes, or raise MaxItemShare."
                : "Nothing is known of the items beyond who wanted them: import the catalogue with titles, descriptions, categories, attributes or prices first.");
        }

        context.Report("training", 1);
        return new ContentModel(
            dataset.Users, dataset.Items, itemTerms, new HistoryWeighting(options.Scale, options.Decay), new ContentVocabulary(options, bands, counter.Terms, weights));
    }

    private static TermCounter CountTerms(InteractionDataset dataset, TermReader reader, TrainingContext context)
    {
        var counter = new TermCounter(reader);
        for (var item = 0; item < dataset.Items.Count; item++)
        {
            if (item % ItemsPerReport == 0)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                context.Report("training", ShareOfReading * item / dataset.Items.Count);
            }

            if (dataset.ContentOf(item) is { } content)
                counter.Add(item, content);
        }

        return counter;
    }
}
