namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>Categories that are written as paths: <c>Home &gt; Kitchen &gt; Pans</c>, with or without blanks around the <c>&gt;</c>.</summary>
public static class CategoryPath
{
    private const char Separator = '>';

    /// <summary>Whether a category is the one of the path, or lies under it. Names are compared ordinally.</summary>
    public static bool IsWithin(ReadOnlySpan<char> category, ReadOnlySpan<char> path)
    {
        var names = category.Split(Separator);
        foreach (var wanted in path.Split(Separator))
        {
            if (!names.MoveNext() || !category[names.Current].Trim().SequenceEqual(path[wanted].Trim()))
                return false;
        }

        return true;
    }

    /// <summary>A category and those above it, the topmost first, with one blank on either side of each <c>&gt;</c>: of <c>Home&gt;Kitchen</c>, <c>Home</c> and <c>Home &gt; Kitchen</c>.</summary>
    public static IReadOnlyList<string> WithThoseAbove(string category)
    {
        var names = category.Split(Separator, StringSplitOptions.TrimEntries);
        var paths = new string[names.Length];
        for (var depth = 0; depth < names.Length; depth++)
            paths[depth] = depth == 0 ? names[0] : $"{paths[depth - 1]} {Separator} {names[depth]}";
        return paths;
    }
}
