using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace RecoService.WebConsole.Words;

/// <summary>What pages say, by language: a file each, embedded.</summary>
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
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .ToFrozenDictionary(name => Path.GetFileNameWithoutExtension(name[Folder.Length..]), name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!.ToFrozenDictionary(StringComparer.Ordinal);
            }, StringComparer.Ordinal);
    }
}
