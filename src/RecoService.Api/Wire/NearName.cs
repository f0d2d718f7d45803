namespace RecoService.Api.Wire;

/// <summary>Finds what somebody may have meant by a name that nobody knows.</summary>
internal static class NearName
{
    private const int MaxLength = 64;

    /// <summary>The known name with the fewest edits, at most a third of its length; null when none is near.</summary>
    public static string? Of(string name, IEnumerable<string> known) => name.Length > MaxLength ? null :
        known.Select(candidate => (Name: candidate, Distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .Where(candidate => candidate.Distance <= candidate.Name.Length / 3)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name).FirstOrDefault();

    /// <summary>Levenshtein's: how many characters are to be put in, taken out or replaced.</summary>
    internal static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var position = 1; position <= left.Length; position++)
        {
            var diagonal = row[0];
            row[0] = position;
            for (var other = 1; other <= right.Length; other++)
            {
                var replaced = diagonal + (left[position - 1] == right[other - 1] ? 0 : 1);
                diagonal = row[other];
                row[other] = Math.Min(replaced, Math.Min(row[other], row[other - 1]) + 1);
            }
        }

        return row[^1];
    }
}
