using System.Text.RegularExpressions;
using RecoService.Api.Tests.Architecture;
using RecoService.WebConsole.Words;

namespace RecoService.Console.Tests.Words;

public sealed partial class WordListTests
{
    [Fact]
    public void Languages_AreEnglishAndChinese() => Assert.Equal(["en", "zh"], WordList.Languages);

    [Fact]
    public void EveryLanguage_HasTheSameKeysAndPlaces()
    {
        var english = WordList.Of("en");
        foreach (var language in WordList.Languages)
        {
            var words = WordList.Of(language);
            Assert.Equal(english.Keys.Order(StringComparer.Ordinal), words.Keys.Order(StringComparer.Ordinal));
            Assert.All(words, pair =>
            {
                Assert.NotEmpty(pair.Value.Trim());
                Assert.Equal(PlacesOf(english[pair.Key]), PlacesOf(pair.Value));
            });
        }
    }

    [Fact]
    public void Chinese_IsChinese() =>
        Assert.All(WordList.Of("zh").Where(pair => WordList.Of("en")[pair.Key] == pair.Value), pair => Assert.DoesNotContain(' ', pair.Value));

    [Fact]
    public void EveryKey_ThatAPageNames_HasWords()
    {
        var named = Sources().SelectMany(source => NamedKey().Matches(source)).Select(match => match.Groups["key"].Value).Distinct(StringComparer.Ordinal).ToList();

        Assert.True(named.Count > 50, $"Only {named.Count} keys were found.");
        Assert.Empty(named.Except(WordList.Of("en").Keys, StringComparer.Ordinal));
    }

    [Fact]
    public void EveryWord_IsNamedSomewhere()
    {
        var sources = string.Join('\n', Sources());

        Assert.DoesNotContain(WordList.Of("en").Keys, key => !sources.Contains($"\"{key}\"", StringComparison.Ordinal) && !IsOfAGroup(key, sources));
    }

    /// <summary>Words of the API's own words, and of what was done, are looked up by the group and the word.</summary>
    private static bool IsOfAGroup(string key, string sources) => key.Split('.', 2) is [var group, var word]
        && (sources.Contains($"Named(\"{group}\"", StringComparison.Ordinal) || (group == "done" && sources.Contains($"\"{word}\"", StringComparison.Ordinal)));

    private static IEnumerable<string> Sources() =>
        Repository.Files("src/RecoService.Console", "*.razor").Concat(Repository.Files("src/RecoService.Console", "*.cs")).Select(Repository.Read);

    private static IEnumerable<string> PlacesOf(string words) => Place().Matches(words).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex("""\bT(?:\.Of\(|\[)"(?<key>[a-z][a-z0-9.-]*)"(?!\s*\+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedKey();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Place();
}
