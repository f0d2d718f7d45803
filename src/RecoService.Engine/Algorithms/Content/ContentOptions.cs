using System.ComponentModel.DataAnnotations;
using RecoService.Engine.Algorithms.ItemWeights;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>How much a term says of an item that has it.</summary>
public enum TermWeighting
{
    /// <summary>tf ln(N / n), for tf occurrences in the item and n of N items with the term: Salton, Buckley, "Term-weighting Approaches in Automatic Text
    /// Retrieval", Information Processing and Management 24(5), 1988 (tfc).</summary>
    TfIdf,

    /// <summary>Further occurrences say less and less, and less in a long text: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and
    /// Beyond", Foundations and Trends in Information Retrieval 3(4), 2009 (BM25F, one length over all fields).</summary>
    Bm25,
}

/// <summary>Hyperparameters of <see cref="ContentTrainer"/>. A field of weight 0 is not read.</summary>
public sealed class ContentOptions
{
    /// <summary>How much a term says of an item that has it.</summary>
    [EnumDataType(typeof(TermWeighting))]
    [Search]
    public TermWeighting Weighting { get; set; } = TermWeighting.Bm25;

    /// <summary>How many occurrences a word of the title counts as.</summary>
    [Range(0.0, 1000.0)]
    [Search(0, 4)]
    public float TitleWeight { get; set; } = 2f;

    /// <summary>How many occurrences a word of the description counts as.</summary>
    [Range(0.0, 1000.0)]
    [Search(0, 4)]
    public float DescriptionWeight { get; set; } = 1f;

    /// <summary>How many occurrences a category counts as.</summary>
    [Range(0.0, 1000.0)]
    [Search(0, 4)]
    public float CategoryWeight { get; set; } = 2f;

    /// <summary>How many occurrences an attribute, name and value together, counts as.</summary>
    [Range(0.0, 1000.0)]
    [Search(0, 4)]
    public float AttributeWeight { get; set; } = 1f;

    /// <summary>How many occurrences the band of the price counts as.</summary>
    [Range(0.0, 1000.0)]
    [Search(0, 2)]
    public float PriceWeight { get; set; } = 0.5f;

    /// <summary>In how many bands the prices are cut, each with as many items.</summary>
    [Range(1, 1000)]
    public int PriceBands { get; set; } = 10;

    /// <summary>The length from which on letters and digits in a row are a word.</summary>
    [Range(1, 100)]
    public int MinWordLength { get; set; } = 2;

    /// <summary>A term that more than this share of the items have is left out, 0..1.</summary>
    [Range(0.0, 1.0)]
    [Search(0.02, 1, Logarithmic = true)]
    public float MaxItemShare { get; set; } = 0.3f;

    /// <summary>How soon further occurrences stop to count (k1). Only for Bm25.</summary>
    [Range(0.0, 1000.0)]
    [Search(0.1, 10, Logarithmic = true)]
    public float Saturation { get; set; } = 1.2f;

    /// <summary>How much the length of a text is held against it (b), 0..1. Only for Bm25.</summary>
    [Range(0.0, 1.0)]
    [Search(0, 1)]
    public float LengthNormalization { get; set; } = 0.75f;

    /// <summary>How much an item of the history counts by the weight of the interactions with it.</summary>
    [EnumDataType(typeof(HistoryScale))]
    [Search]
    public HistoryScale Scale { get; set; } = HistoryScale.Log;

    /// <summary>Each item of the history counts this many times as much as the one that followed it, 0..1.</summary>
    [Range(0.0, 1.0)]
    [Search(0.3, 1)]
    public float Decay { get; set; } = 0.9f;
}
