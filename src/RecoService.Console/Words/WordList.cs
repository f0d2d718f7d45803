using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace RecoService.WebConsole.Words;

/// <summary>What pages say, by language: a folder each, embedded. A key stands in one file.</summary>
internal static class WordList
{
    public const string Default = "en";

    private const string Folder = "words/";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> ByLanguage = Read();

    public static IReadOnlyCollection<string> Languages { get; } = [.. ByLanguage.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The words of a language by their keys.</summary>
    public static IReadOnlyDictionary<string, string> Of(string language) => ByLanguage[language];

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        // words/en/runs.json; a folder ends with the separator of the machine that built it.
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .GroupBy(name => name[Folder.Length..].Split('/', '\\')[0], StringComparer.Ordinal)
            .ToFrozenDictionary(files => files.Key, files => files.SelectMany(name => ReadFile(assembly, name)).ToFrozenDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static Dictionary<string, string> ReadFile(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }
}
