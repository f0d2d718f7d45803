namespace RecoService.Engine.Recommending.Filtering.Compilation;

/// <summary>Which name somebody meant.</summary>
internal static class NearestNames
{
    private const int LongestName = 64;

    /// <summary>The name with the fewest letters to change, at most two; null where there is none.</summary>
    public static string? To(string name, IEnumerable<string> names)
    {
        if (name.Length > LongestName)
            return null;
        var most = name.Length <= 3 ? 1 : 2;
        return names.Where(candidate => Math.Abs(candidate.Length - name.Length) <= most)
            .Select(candidate => (Name: candidate, Distance: Distance(name, candidate)))
            .Where(candidate => candidate.Distance <= most)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Select(candidate => candidate.Name).FirstOrDefault();
    }

    /// <summary>How many letters are to be put in, left out or replaced; capitals are the same letters (Levenshtein, 1966).</summary>
    private static int Distance(string from, string to)
    {
        var before = new int[to.Length + 1];
        var row = new int[to.Length + 1];
        for (var column = 0; column <= to.Length; column++)
            before[column] = column;
        for (var letter = 1; letter <= from.Length; letter++)
        {
            row[0] = letter;
            for (var column = 1; column <= to.Length; column++)
            {
                var replaced = before[column - 1] + (char.ToUpperInvariant(from[letter - 1]) == char.ToUpperInvariant(to[column - 1]) ? 0 : 1);
                row[column] = Math.Min(replaced, Math.Min(before[column], row[column - 1]) + 1);
            }

            (before, row) = (row, before);
        }

        return before[to.Length];
    }
}
