using System.Text.Json;

namespace RecoService.Api.Importing.Options;

/// <summary>The options for a known layout of files. Presets are data: <c>presets.json</c>.</summary>
/// <param name="Name">What <c>--format</c> takes; one name may have a preset for users, items and interactions each.</param>
/// <param name="Target">What the files hold.</param>
/// <param name="About">Which files.</param>
/// <param name="Options">What is given for each option.</param>
internal sealed record ImportPreset(string Name, ImportTarget Target, string About, IReadOnlyDictionary<string, string[]> Options)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>csv or ndjson.</summary>
    public string Base { get; init; } = "csv";

    /// <summary>Columns or members by which a file is recognised.</summary>
    public IReadOnlyList<string> Header { get; init; } = [];

    /// <summary>Of a file without a header: how many columns it has.</summary>
    public int Columns { get; init; }

    /// <summary>Of a file without a header: what parts its columns; null = a comma.</summary>
    public string? Delimiter { get; init; }

    /// <summary>Of a file without a header: what its first columns look like: number, time or any.</summary>
    public IReadOnlyList<string> Look { get; init; } = [];

    public static IReadOnlyList<ImportPreset> All { get; } = Load();

    /// <summary>Null when there is none of that name for what is imported.</summary>
    public static ImportPreset? Find(string name, ImportTarget target) => All.FirstOrDefault(preset => preset.Name == name && preset.Target == target);

    /// <summary>The preset's options with those that were given in addition: a field that is given again takes the preset's place.</summary>
    public Func<string, IReadOnlyList<string>> With(Func<string, IReadOnlyList<string>> given) => name =>
    {
        var own = Options.GetValueOrDefault(name, []);
        var added = given(name);
        if (name == "format")
            return [Base];
        if (added.Count == 0)
            return name is "map" or "set" ? [.. own.Where(text => !IsOverridden(text))] : own;
        if (ImportOption.All.First(option => option.Name == name).Shape != OptionShape.Texts)
            return added;
        // Of two meanings of one text the first counts.
        return [.. added, .. own.Where(text => !IsOverridden(text) && (name != "list" || added.All(other => FieldOf(other) != FieldOf(text))))];

        bool IsOverridden(string text) => name is "map" or "set" && given("map").Concat(given("set")).Any(other => FieldOf(other) == FieldOf(text));
    };

    private static string FieldOf(string text) => SourceText.IndexOfAny(text, "=:") is > 0 and var end ? text[..end] : text;

    private static List<ImportPreset> Load()
    {
        using var stream = typeof(ImportPreset).Assembly.GetManifestResourceStream("presets.json")!;
        return JsonSerializer.Deserialize<List<ImportPreset>>(stream, Json)!;
    }
}
