using System.Globalization;
using System.Text;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>
/// Counts the terms of a catalogue. Words of the title and of the description are the same terms; a category, an attribute (name and value
/// together) and a price band are each a term of its own. Capitals do not matter.
/// </summary>
/// <param name="options">What an occurrence in each field counts.</param>
/// <param name="bands">The price bands.</param>
internal sealed class TermCounter(ContentOptions options, PriceBands bands)
{
    private readonly Dictionary<string, int> terms = new(StringComparer.Ordinal);
    private readonly List<int> rows = [];
    private readonly List<int> columns = [];
    private readonly List<float> counts = [];

    public void Add(int itemIndex, ItemContent content)
    {
        AddWords(itemIndex, content.Title, options.TitleWeight);
        AddWords(itemIndex, content.Description, options.DescriptionWeight);
        foreach (var category in content.Categories)
            AddTerm(itemIndex, $"category:{category.Trim().ToLowerInvariant()}", options.CategoryWeight);
        foreach (var attribute in content.Attributes)
            AddTerm(itemIndex, $"attribute:{attribute.Trim().ToLowerInvariant()}", options.AttributeWeight);
        if (bands.BandOf(content.Price) is { } band)
            AddTerm(itemIndex, $"price:{band}", options.PriceWeight);
    }

    /// <summary>|I| x terms: the weighted occurrences; terms stand in the order they were first met in.</summary>
    public SparseMatrix Build(int itemCount) => SparseMatrix.FromEntries(itemCount, terms.Count, [.. rows], [.. columns], [.. counts]);

    private void AddWords(int itemIndex, string text, float weight)
    {
        var lower = text.ToLowerInvariant();
        for (var start = 0; start < lower.Length;)
        {
            var length = WordLength(lower.AsSpan(start));
            if (length >= options.MinWordLength)
                AddTerm(itemIndex, lower.AsSpan(start, length), weight);
            start += Math.Max(length, 1);
        }
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsPartOfWord(rune))
                break;
            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    /// <summary>Marks are the accents and vowel signs of scripts that write them as characters of their own.</summary>
    private static bool IsPartOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private void AddTerm(int itemIndex, ReadOnlySpan<char> term, float weight)
    {
        if (weight == 0)
            return;
        var known = terms.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!known.TryGetValue(term, out var column))
            known[term] = column = terms.Count;
        rows.Add(itemIndex);
        columns.Add(column);
        counts.Add(weight);
    }
}
