using System.Globalization;

namespace RecoService.Lab.Files;

/// <summary>
/// The ids of a file and their integer keys. Where every id is a whole number the number is the key, so that the order of indexes is that of the numbers;
/// else keys are given in the order of first appearance.
/// </summary>
public sealed class IdTable
{
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private readonly List<string> ids = [];
    private bool areNumbers = true;

    public int Count => ids.Count;

    /// <summary>The place of an id in the order of first appearance; ids not seen before are added.</summary>
    public int PlaceOf(string id)
    {
        if (places.TryGetValue(id, out var place))
            return place;
        places.Add(id, ids.Count);
        ids.Add(id);
        areNumbers = areNumbers && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == id;
        return ids.Count - 1;
    }

    /// <summary>The key of a place; final only when all ids are in.</summary>
    public int KeyOf(int place) => areNumbers ? int.Parse(ids[place], CultureInfo.InvariantCulture) : place;

    /// <summary>False for an id that was never added.</summary>
    public bool TryGetPlace(string id, out int place) => places.TryGetValue(id, out place);

    /// <summary>False for an id that was never added.</summary>
    public bool TryGetKey(string id, out int key)
    {
        var isKnown = places.TryGetValue(id, out var place);
        key = isKnown ? KeyOf(place) : 0;
        return isKnown;
    }
}
