using System.Text.Json;
using RecoService.Engine.Data;
using RecoService.Engine.Models;
using RecoService.Engine.Snapshots;
using RecoService.Engine.Training;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>What a model has learned of the words of its catalogue; with it an item that arrives later is read as if it had been there.</summary>
internal sealed class ContentVocabulary
{
    private readonly ContentOptions options;
    private readonly PriceBands bands;
    private readonly Dictionary<string, int> terms;
    private readonly TermWeights weights;
    private readonly TermReader reader;

    /// <param name="options">Of the trainer.</param>
    /// <param name="bands">The price bands of the catalogue.</param>
    /// <param name="terms">Term -> column.</param>
    /// <param name="weights">What each term is worth.</param>
    public ContentVocabulary(ContentOptions options, PriceBands bands, IReadOnlyDictionary<string, int> terms, TermWeights weights)
    {
        this.options = options;
        this.bands = bands;
        this.terms = new Dictionary<string, int>(terms.Where(term => weights.Importances[term.Value] > 0), StringComparer.Ordinal);
        this.weights = weights;
        reader = new TermReader(options, bands);
    }

    /// <summary>An item's vector; empty when nothing it says is known.</summary>
    public TermVector VectorOf(ItemContent content)
    {
        var counts = new SortedDictionary<int, float>();
        var known = terms.GetAlternateLookup<ReadOnlySpan<char>>();
        var length = 0.0;
        reader.Read(content, (term, occurrences) =>
        {
            length += occurrences;
            if (known.TryGetValue(term, out var column))
                counts[column] = counts.GetValueOrDefault(column) + occurrences;
        });
        var (columns, values) = weights.UnitRow([.. counts.Keys], [.. counts.Values], length);
        return new TermVector(columns, values);
    }

    public void Write(ModelWriter writer)
    {
        writer.WriteText(JsonSerializer.Serialize(options));
        writer.WriteVector(bands.UpperEdges);
        writer.WriteVector(weights.Importances);
        writer.WriteSingle((float)weights.MeanLength);
        writer.WriteInt32(terms.Count);
        foreach (var (term, column) in terms)
        {
            writer.WriteInt32(column);
            writer.WriteText(term);
        }
    }

    public static Func<ContentVocabulary> Read(ModelReader reader)
    {
        var optionsJson = reader.ReadText();
        var edges = reader.ReadVector();
        var importances = reader.ReadVector();
        var meanLength = reader.ReadSingle();
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var count = reader.ReadCount(); count > 0; count--)
        {
            var column = reader.ReadInt32();
            columns[reader.ReadText()] = column;
        }

        return () =>
        {
            if (columns.Values.Any(column => column < 0 || column >= importances.Length))
                throw new ArgumentException("A term has no weight.");
            var read = JsonSerializer.Deserialize<ContentOptions>(optionsJson)!;
            return new ContentVocabulary(read, new PriceBands(edges), columns, new TermWeights(read, importances, meanLength));
        };
    }
}
