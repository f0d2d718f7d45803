using System.Text;
using System.Text.Json;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Importing.Records;

/// <summary>A target in a JSON object: a member, or with <see cref="Each"/> the elements of an array.</summary>
internal sealed class JsonTarget(string path)
{
    private readonly List<(byte[] Name, JsonTarget Target)> members = [];
    private int expected;

    /// <summary>As it is written in a mapping.</summary>
    public string Path { get; } = path;

    /// <summary>Where its value goes; -1 = nowhere.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Whatever it holds is passed over.</summary>
    public bool IsIgnored { get; set; }

    /// <summary>Its elements, when they were asked for one by one.</summary>
    public JsonTarget? Each { get; private set; }

    public bool HasMembers => members.Count > 0;

    public JsonTarget Member(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var found = members.Find(member => member.Name.AsSpan().SequenceEqual(bytes));
        if (found.Target is null)
            members.Add(found = (bytes, new JsonTarget(Path.Length == 0 ? name : $"{Path}.{name}")));
        return found.Target;
    }

    public JsonTarget Element() => Each ??= new JsonTarget($"{Path}[]");

    /// <summary>The member that the reader stands on. Lines tend to have their members in one order, so the one after the last found is tried first.</summary>
    public JsonTarget? Find(ref Utf8JsonReader reader)
    {
        for (var tried = 0; tried < members.Count; tried++)
        {
            if (expected >= members.Count)
                expected = 0;
            var (name, target) = members[expected++];
            if (reader.ValueTextEquals(name))
                return target;
        }

        return null;
    }
}

/// <summary>The targets in JSON objects that a mapping asks for, each with its slot.</summary>
internal sealed class JsonPaths : ISourceNames
{
    private readonly List<bool> repeats = [];

    public JsonTarget Root { get; } = new("");

    /// <summary>The array whose elements make rows; null = none.</summary>
    public JsonTarget? Array { get; private set; }

    public int SlotCount => repeats.Count;

    /// <summary>True: the slot lies in the elements of the array.</summary>
    public bool IsRepeated(int slot) => repeats[slot];

    public bool IsName(string text) => false;

    public int Find(string source, out string? reason)
    {
        reason = null;
        if (TargetOf(source, out var isRepeated) is not { } target)
        {
            reason = $"names the path {Wire.WireText.Quote(source)}; a path is as properties.items[].id, with at most one array in a file";
            return -1;
        }

        if (target.Slot < 0)
        {
            target.Slot = repeats.Count;
            repeats.Add(isRepeated);
        }

        return target.Slot;
    }

    public int FindOwn(string field) => Root.Member(field).IsIgnored ? -1 : Find(SourceText.Quote(field), out _);

    /// <summary>Says that a target stands for nothing; to be said first.</summary>
    public void Ignore(string source)
    {
        if (TargetOf(source, out _) is { } target)
            target.IsIgnored = true;
    }

    private JsonTarget? TargetOf(string source, out bool isRepeated)
    {
        isRepeated = false;
        var target = Root;
        foreach (var part in SourceText.Split(source, '.'))
        {
            var isArray = part.EndsWith("[]", StringComparison.Ordinal) && part.Length > 2 && part[^3] != '\\';
            var name = SourceText.Unescape(isArray ? part[..^2] : part);
            if (name.Length == 0)
                return null;
            target = target.Member(name);
            if (!isArray)
                continue;
            target = target.Element();
            isRepeated = true;
            if (Array is not null && Array != target)
                return null;
            Array = target;
        }

        return target;
    }
}
