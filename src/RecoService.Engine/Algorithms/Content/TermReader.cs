using System.Globalization;
using System.Text;
using RecoService.Engine.Data;

namespace RecoService.Engine.Algorithms.Content;

/// <summary>Takes a term that an item has, and as how many occurrences it counts; above 0.</summary>
internal delegate void TermSink(ReadOnlySpan<char> term, float occurrences);

/// <summary>
/// Reads the terms of an item. Words of the title and of the description are the same terms; a category, an attribute (name and value
/// together) and a price band are each a term of its own. Capitals do not matter.
/// </summary>
/// <param name="options">What an occurrence in each field counts.</param>
/// <param name="bands">The price bands.</param>
internal sealed class TermReader(ContentOptions options, PriceBands bands)
{
    /// <summary>Hands over every occurrence; the same term may come again.</summary>
    public void Read(ItemContent content, TermSink sink)
    {
        ReadWords(content.Title, options.TitleWeight, sink);
        ReadWords(content.Description, options.DescriptionWeight, sink);
        foreach (var category in content.Categories)
            Take($"category:{category.Trim().ToLowerInvariant()}", options.CategoryWeight, sink);
        foreach (var attribute in content.Attributes)
            Take($"attribute:{attribute.Trim().ToLowerInvariant()}", options.AttributeWeight, sink);
        if (bands.BandOf(content.Price) is { } band)
            Take($"price:{band}", options.PriceWeight, sink);
    }

    private void ReadWords(string text, float weight, TermSink sink)
    {
        var lower = text.ToLowerInvariant();
        for (var start = 0; start < lower.Length;)
        {
            var length = WordLength(lower.AsSpan(start));
            if (length >= options.MinWordLength)
                Take(lower.AsSpan(start, length), weight, sink);
            start += Math.Max(length, 1);
        }
    }

    private static void Take(ReadOnlySpan<char> term, float weight, TermSink sink)
    {
        if (weight > 0)
            sink(term, weight);
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
}
