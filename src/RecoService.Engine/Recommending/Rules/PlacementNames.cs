namespace RecoService.Engine.Recommending.Rules;

internal static class PlacementNames
{
    /// <summary>Whether what names these placements is about one of them; without names it is about all. By hand, because it is asked in every request, and an enumerator is an allocation.</summary>
    public static bool Include(this IReadOnlyList<string> names, string placement)
    {
        for (var position = 0; position < names.Count; position++)
        {
            if (names[position] == placement)
                return true;
        }

        return names.Count == 0;
    }
}
