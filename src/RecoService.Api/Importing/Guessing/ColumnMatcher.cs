namespace RecoService.Api.Importing.Guessing;

/// <summary>Finds the columns of a sample by what fields are called elsewhere, and remembers which have a field already.</summary>
internal sealed class ColumnMatcher(IReadOnlyList<SampleColumn> columns)
{
    private readonly HashSet<SampleColumn> used = [];

    /// <summary>The columns that have a field.</summary>
    public IReadOnlyCollection<SampleColumn> Used => used;

    /// <summary>Those that have none yet, in the order of the file.</summary>
    public IEnumerable<SampleColumn> Left => columns.Where(column => !used.Contains(column));

    /// <summary>Takes a column out of those that are left.</summary>
    public void Use(SampleColumn column) => used.Add(column);

    /// <summary>The first column of exactly this name, whether it has a field or not; null when there is none.</summary>
    /// <param name="name">As <see cref="Synonyms.Normalize"/> makes it.</param>
    public SampleColumn? Named(string name) => columns.FirstOrDefault(column => NamesOf(column).Contains(name));

    /// <summary>The column that is left whose name stands first among the synonyms; null when none has such a name.</summary>
    /// <param name="synonyms">The best first.</param>
    /// <param name="not">Another column than this.</param>
    public SampleColumn? Find(IReadOnlyList<string> synonyms, SampleColumn? not = null) => FindAll(synonyms).FirstOrDefault(column => column != not);

    /// <summary>All of them, the best first.</summary>
    public IEnumerable<SampleColumn> FindAll(IReadOnlyList<string> synonyms) =>
        Left.Select(column => (Column: column, Rank: RankOf(column, synonyms))).Where(pair => pair.Rank >= 0).OrderBy(pair => pair.Rank).Select(pair => pair.Column);

    private static int RankOf(SampleColumn column, IReadOnlyList<string> synonyms)
    {
        var names = NamesOf(column);
        for (var rank = 0; rank < synonyms.Count; rank++)
        {
            if (names.Contains(synonyms[rank]))
                return rank;
        }

        return -1;
    }

    /// <summary>What a column may be called: of a path its end, its last two parts, or all of it.</summary>
    private static HashSet<string> NamesOf(SampleColumn column)
    {
        var parts = column.Name.Split('.');
        var last = Synonyms.Normalize(parts[^1]);
        HashSet<string> names = [Synonyms.Normalize(column.Name)];
        if (parts.Length > 1)
            names.Add(Synonyms.Normalize(parts[^2].TrimEnd('[', ']')) + last);
        if (parts.Length == 1 || last != "id")
            names.Add(last);
        return names;
    }
}
