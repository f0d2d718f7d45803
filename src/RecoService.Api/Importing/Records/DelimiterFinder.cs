using System.Text;

namespace RecoService.Api.Importing.Records;

/// <summary>Finds what stands between the fields of a CSV file, by looking at how its first records fall apart.</summary>
internal static class DelimiterFinder
{
    public const int SampleBytes = 64 * 1024;
    private const int SampleRecords = 50;
    private static readonly string[] Candidates = [",", ";", "\t", "::", "|"];

    /// <summary>
    /// The one that cuts at least four fifths of the records into as many fields as the first; of several, the one that makes the most fields, then
    /// the one that does so most often. A comma when there is none.
    /// </summary>
    /// <param name="sample">The start of the file.</param>
    /// <param name="isWhole">The sample is the whole file.</param>
    /// <param name="quotes">Quotes hide delimiters.</param>
    public static string Find(ReadOnlySpan<byte> sample, bool isWhole, bool quotes)
    {
        var best = (IsSteady: false, Fields: 1, Agreeing: 1.0);
        var found = ",";
        foreach (var candidate in Candidates)
        {
            var (fields, agreeing) = Cut(sample, isWhole, new CsvTokenizer(Encoding.UTF8.GetBytes(candidate), quotes));
            var cut = (agreeing >= 0.8, fields, agreeing);
            if (fields > 1 && cut.CompareTo(best) > 0)
                (best, found) = (cut, candidate);
        }

        return found;
    }

    private static (int Fields, double Agreeing) Cut(ReadOnlySpan<byte> sample, bool isWhole, CsvTokenizer tokenizer)
    {
        var first = 0;
        var records = 0;
        var agreeing = 0;
        while (records < SampleRecords && !sample.IsEmpty && tokenizer.TryRead(sample, isWhole))
        {
            sample = sample[tokenizer.Length..];
            if (tokenizer is { Count: 1 } && tokenizer[0].Length == 0)
                continue;
            first = records++ == 0 ? tokenizer.Count : first;
            agreeing += tokenizer.Count == first ? 1 : 0;
        }

        return (first, records == 0 ? 0 : (double)agreeing / records);
    }
}
