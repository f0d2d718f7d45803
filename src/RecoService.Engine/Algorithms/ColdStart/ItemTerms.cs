using RecoService.Engine.Algorithms.Content;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Numerics;
using RecoService.Engine.Snapshots;

namespace RecoService.Engine.Algorithms.ColdStart;

/// <summary>The terms of a catalogue that enough items have to learn from, and every item in them. Immutable.</summary>
/// <param name="features">|I| x terms, each row of length 1 or empty.</param>
/// <param name="vocabulary">Reads items that arrive later.</param>
/// <param name="count">How many terms there are.</param>
internal sealed class ItemTerms(SparseMatrix features, ContentVocabulary vocabulary, int count)
{
    /// <summary>The terms that most items have; the others say little of items to come.</summary>
    private const int MostTerms = 4_096;

    /// <summary>What one item alone has says nothing of another.</summary>
    private const int FewestItems = 2;

    private const int ItemsBetweenChecks = 1_024;

    /// <summary>What many items have tells as much as what few have; unlike a likeness, a regression finds out itself what a term is worth.</summary>
    private static readonly ContentOptions Reading = new() { Weighting = TermWeighting.TfIdf, MaxItemShare = 1 };

    public SparseMatrix Features => features;

    public ContentVocabulary Vocabulary => vocabulary;

    public int Count => count;

    /// <summary>The terms of a dataset's catalogue; the models of one run share them.</summary>
    public static ItemTerms Of(InteractionDataset dataset, TrainingContext context) =>
        context.Memo.GetOrMake(dataset, "cold start: terms of items", () => Read(dataset, context));

    private static ItemTerms Read(InteractionDataset dataset, TrainingContext context)
    {
        var bands = new PriceBands(Enumerable.Range(0, dataset.Items.Count).Select(item => dataset.ContentOf(item)?.Price), Reading.PriceBands);
        var counter = new TermCounter(new TermReader(Reading, bands));
        for (var item = 0; item < dataset.Items.Count; item++)
        {
            if (item % ItemsBetweenChecks == 0)
                context.CancellationToken.ThrowIfCancellationRequested();
            if (dataset.ContentOf(item) is { } content)
                counter.Add(item, content);
        }

        var all = counter.Build(dataset.Items.Count);
        var places = KeptOf(all);
        var counts = all.Pick([.. Enumerable.Range(0, all.RowCount)], places, places.DefaultIfEmpty(-1).Max() + 1);
        var weights = TermWeights.Of(counts, Reading);
        var kept = counter.Terms.Where(term => places[term.Value] >= 0).ToDictionary(term => term.Key, term => places[term.Value], StringComparer.Ordinal);
        return new ItemTerms(weights.Weigh(counts), new ContentVocabulary(Reading, bands, kept, weights), counts.ColumnCount);
    }

    /// <summary>For each term its place among those that are kept; -1 for the others.</summary>
    private static int[] KeptOf(SparseMatrix counts)
    {
        var withTerm = new int[counts.ColumnCount];
        for (var item = 0; item < counts.RowCount; item++)
        {
            foreach (var term in counts.RowColumns(item))
                withTerm[term]++;
        }

        var kept = Enumerable.Range(0, withTerm.Length).Where(term => withTerm[term] >= FewestItems).OrderByDescending(term => withTerm[term]).ThenBy(term => term).Take(MostTerms).ToHashSet();
        var next = 0;
        return [.. withTerm.Select((_, term) => kept.Contains(term) ? next++ : -1)];
    }
}

/// <summary>Places items by what the catalogue says of them. Immutable.</summary>
/// <param name="vocabulary">Reads what is said.</param>
/// <param name="regression">From its terms to factors, and the bias behind them where the model has biases.</param>
internal sealed class ItemPlacing(ContentVocabulary vocabulary, TermRegression regression)
{
    public int Outputs => regression.Outputs;

    /// <summary>The factors of an item, and its bias; null where nothing that is said of it is known.</summary>
    public float[]? RowOf(ItemContent content)
    {
        var vector = vocabulary.VectorOf(content);
        return vector.Terms.Length == 0 ? null : RowOf(vector.Terms, vector.Weights);
    }

    /// <summary>The same of terms that were read before.</summary>
    public float[] RowOf(ReadOnlySpan<int> terms, ReadOnlySpan<float> weights)
    {
        var row = new float[regression.Outputs];
        regression.Predict(terms, weights, row);
        return row;
    }

    public bool IsSound() => regression.IsSound();

    public void Write(ModelWriter writer)
    {
        vocabulary.Write(writer);
        writer.WriteInt32(regression.Terms);
        regression.Write(writer);
    }

    public static Func<ItemPlacing> Read(ModelReader reader)
    {
        var words = ContentVocabulary.Read(reader);
        var terms = reader.ReadCount();
        var map = TermRegression.Read(reader, () => terms);
        return () => new ItemPlacing(words(), map());
    }
}
