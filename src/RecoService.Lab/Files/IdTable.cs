using System.Globalization;

namespace RecoService.Lab.Files;

/// <summary>
/// The ids of a file and their integer keys. Where every id is a whole number the number is the key, so that the order of indexes is that of the numbers;
/// else keys are given in the order of first appearance.
/// </summary>
public sealed class IdTable
{
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly List<string> ids = [];
    private bool areNumbers = true;

    public int Count => ids.Count;

    /// <summary>The place of an id in the order of first appearance; ids not seen before are added.</summary>
    public int PositionOf(string id)
    {
        if (positions.TryGetValue(id, out var position))
            return position;
        positions.Add(id, ids.Count);
        ids.Add(id);
        areNumbers = areNumbers && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == id;
        return ids.Count - 1;
    }

    /// <summary>The key of a place; final only when all ids are in.</summary>
    public int KeyOf(int position) => areNumbers ? int.Parse(ids[position], CultureInfo.InvariantCulture) : position;

    /// <summary>False for an id that was never added.</summary>
    public bool TryGetPlace(string id, out int position) => positions.TryGetValue(id, out position);

    /// <summary>False for an id that was never added.</summary>
    public bool TryGetKey(string id, out int key)
    {
        var isKnown = positions.TryGetValue(id, out var position);
        key = isKnown ? KeyOf(position) : 0;
        return isKnown;
    }
}
