using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Headers;
using RecoService.Engine.Models;

namespace RecoService.Api.Recommendations;

/// <summary>
/// Reasons in plain words, of each language that has a file in the folder of this name: <c>en.json</c>, <c>zh.json</c>. A translator adds another one, with the same keys; a key that it lacks
/// is said in English.
/// </summary>
internal static class Sentences
{
    public const string Default = "en";
    private const string Folder = "sentences/";
    private const string Extension = ".json";
    private const string Name = "{0}";

    /// <summary>Kinds are those of the settings, so there are few.</summary>
    private static readonly ConcurrentDictionary<(string Language, string Code, string? Kind, bool NamesItem), (string Before, string? After)> Known = new();

    private static readonly FrozenDictionary<ReasonCode, string> Codes = Enum.GetValues<ReasonCode>().ToFrozenDictionary(code => code, code => JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString()));

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> ByLanguage = Read().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The languages that there are.</summary>
    public static IEnumerable<string> Languages => ByLanguage.Keys;

    /// <summary>The language that a client wants most of those there are; English where there is none of them.</summary>
    public static string LanguageOf(RequestHeaders headers)
    {
        foreach (var wanted in headers.AcceptLanguage.Where(wanted => wanted.Quality is not 0).OrderByDescending(wanted => wanted.Quality ?? 1))
        {
            var name = wanted.Value.ToString();
            if (ByLanguage.ContainsKey(name))
                return name;
            if (name.Split('-')[0] is var general && ByLanguage.ContainsKey(general))
                return general;
        }

        return Default;
    }

    /// <summary>The code of a reason on the wire.</summary>
    public static string CodeOf(ReasonCode code) => Codes[code];

    /// <summary>A reason in words.</summary>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="code">As <see cref="CodeOf"/> gives it.</param>
    /// <param name="kind">What the user did with the item; null where that is not known.</param>
    /// <param name="item">The item that says most; null where none does.</param>
    public static string Of(string language, string code, string? kind, string? item)
    {
        var (before, after) = Known.GetOrAdd((language, code, item is null ? null : kind, item is not null), static key => PartsOf(key.Language, key.Code, key.Kind, key.NamesItem));
        return after is null ? before : $"{before}{item}{after}";
    }

    /// <summary>What stands before the item's name and behind it; null behind it in a sentence that names none.</summary>
    private static (string Before, string? After) PartsOf(string language, string code, string? kind, bool namesItem)
    {
        var text = (namesItem, kind) switch
        {
            (false, _) => Find(language, $"{code}.none") ?? Find(language, code),
            (true, { } did) => Find(language, $"{code}.{did}") ?? Find(language, code),
            _ => Find(language, code),
        };
        return (text ?? "").Split(Name, 2) is [var before, var after] ? (before, after) : (text ?? "", null);
    }

    private static string? Find(string language, string key) =>
        ByLanguage[language].TryGetValue(key, out var text) || ByLanguage[Default].TryGetValue(key, out text) ? text : null;

    private static IEnumerable<KeyValuePair<string, FrozenDictionary<string, string>>> Read()
    {
        var assembly = typeof(Sentences).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var file = assembly.GetManifestResourceStream(name)!;
            var texts = JsonSerializer.Deserialize<Dictionary<string, string>>(file)!;
            yield return KeyValuePair.Create(name[Folder.Length..^Extension.Length], texts.ToFrozenDictionary(StringComparer.Ordinal));
        }
    }
}
