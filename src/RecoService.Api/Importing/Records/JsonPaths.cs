using System.Text;
using System.Text.Json;
using RecoService.Api.Importing.Mapping;

namespace RecoService.Api.Importing.Records;

/// <summary>A place in a JSON object: a member, or with <see cref="Each"/> the elements of an array.</summary>
internal sealed class JsonPlace(string path)
{
    private readonly List<(byte[] Name, JsonPlace Place)> members = [];
    private int expected;

    /// <summary>As it is written in a mapping.</summary>
    public string Path { get; } = path;

    /// <summary>Where its value goes; -1 = nowhere.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Whatever it holds is passed over.</summary>
    public bool IsIgnored { get; set; }

    /// <summary>Its elements, when they were asked for one by one.</summary>
    public JsonPlace? Each { get; private set; }

    public bool HasMembers => members.Count > 0;

    public JsonPlace Member(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var found = members.Find(member => member.Name.AsSpan().SequenceEqual(bytes));
        if (found.Place is null)
            members.Add(found = (bytes, new JsonPlace(Path.Length == 0 ? name : $"{Path}.{name}")));
        return found.Place;
    }

    public JsonPlace Element() => Each ??= new JsonPlace($"{Path}[]");

    /// <summary>The member that the reader stands on. Lines tend to have their members in one order, so the one after the last found is tried first.</summary>
    public JsonPlace? Find(ref Utf8JsonReader reader)
    {
        for (var tried = 0; tried < members.Count; tried++)
        {
            if (expected >= members.Count)
                expected = 0;
            var (name, place) = members[expected++];
            if (reader.ValueTextEquals(name))
                return place;
        }

        return null;
    }
}

/// <summary>The places of JSON objects that a mapping asks for, each with its slot.</summary>
internal sealed class JsonPaths : ISourceNames
{
    private readonly List<bool> repeats = [];

    public JsonPlace Root { get; } = new("");

    /// <summary>The array whose elements make rows; null = none.</summary>
    public JsonPlace? Array { get; private set; }

    public int SlotCount => repeats.Count;

    /// <summary>True: the slot lies in the elements of the array.</summary>
    public bool IsRepeated(int slot) => repeats[slot];

    public bool IsName(string text) => false;

    public int Find(string source, out string? reason)
    {
        reason = null;
        if (PlaceOf(source, out var isRepeated) is not { } place)
        {
            reason = $"names the path {Wire.WireText.Quote(source)}; a path is as properties.items[].id, with at most one array in a file";
            return -1;
        }

        if (place.Slot < 0)
        {
            place.Slot = repeats.Count;
            repeats.Add(isRepeated);
        }

        return place.Slot;
    }

    public int FindOwn(string field) => Root.Member(field).IsIgnored ? -1 : Find(SourceText.Quote(field), out _);

    /// <summary>Says that a place stands for nothing; to be said first.</summary>
    public void Ignore(string source)
    {
        if (PlaceOf(source, out _) is { } place)
            place.IsIgnored = true;
    }

    private JsonPlace? PlaceOf(string source, out bool isRepeated)
    {
        isRepeated = false;
        var place = Root;
        foreach (var part in SourceText.Split(source, '.'))
        {
            var isArray = part.EndsWith("[]", StringComparison.Ordinal) && part.Length > 2 && part[^3] != '\\';
            var name = SourceText.Unescape(isArray ? part[..^2] : part);
            if (name.Length == 0)
                return null;
            place = place.Member(name);
            if (!isArray)
                continue;
            place = place.Element();
            isRepeated = true;
            if (Array is not null && Array != place)
                return null;
            Array = place;
        }

        return place;
    }
}
