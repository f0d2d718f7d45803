using System.Globalization;
using System.Text.Json;

namespace RecoService.Api.Recommendations;

/// <summary>Query parameters that say in short what a filter says: `category=Lamps&amp;maxPrice=50` is `category = "Lamps" and price &lt;= 50`.</summary>
internal static class ShortFilter
{
    /// <returns>The expression; null where there is nothing to say.</returns>
    public static string? Of(string? filter = null, string? category = null, bool sameCategory = false, double? minPrice = null, double? maxPrice = null)
    {
        List<string> parts = [];
        if (category is not null)
            parts.Add($"category = {JsonSerializer.Serialize(category)}");
        if (sameCategory)
            parts.Add("category = current.category");
        if (minPrice is { } least)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"price >= {least:R}"));
        if (maxPrice is { } most)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"price <= {most:R}"));
        // First, so that the character that an error names is counted from its beginning.
        if (filter is not null)
            parts.Insert(0, parts.Count == 0 ? filter : $"({filter})");
        return parts.Count == 0 ? null : string.Join(" and ", parts);
    }
}
