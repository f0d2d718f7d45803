using RecoService.Api.Tests.Architecture;

namespace RecoService.Api.Tests.Documentation;

/// <summary>Parts of pages that are made from the code. Each stands between <c>&lt;!-- generated: NAME --&gt;</c> and <c>&lt;!-- end --&gt;</c>.</summary>
internal static class GeneratedText
{
    /// <summary>Set to 1, the tests write the pages instead of comparing them.</summary>
    private const string Variable = "RECO_WRITE_DOCS";

    /// <summary>Compares the parts of a page with what the code says, or writes them.</summary>
    /// <param name="page">Its path below the root of the repository.</param>
    /// <param name="parts">The text of each part by its name, without the lines around it.</param>
    public static void Hold(string page, IEnumerable<(string Name, string Text)> parts)
    {
        HoldAll(page, parts.Aggregate(Repository.Read(page), (text, part) => With(text, part.Name, part.Text)));
    }

    /// <summary>The same of a whole file.</summary>
    public static void HoldAll(string page, string after)
    {
        var before = File.Exists(Path.Combine(Repository.Root, page)) ? Repository.Read(page) : "";
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllText(Path.Combine(Repository.Root, page), after);
        else
            Assert.True(before == after, $"{page} differs from the code, first at: {FirstDifference(before, after)}{Environment.NewLine}Write it anew: {Variable}=1 dotnet test tests/RecoService.Api.Tests --filter FullyQualifiedName~Documentation");
    }

    /// <summary>The page with another text in one of its parts.</summary>
    /// <exception cref="ArgumentException">The page has no such part.</exception>
    public static string With(string page, string name, string text)
    {
        var opening = $"<!-- generated: {name} -->\n";
        var start = page.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        var end = start < opening.Length ? -1 : page.IndexOf("<!-- end -->", start, StringComparison.Ordinal);
        return end < 0 ? throw new ArgumentException($"The page has no part '{name}'.", nameof(name)) : $"{page[..start]}{text.TrimEnd('\n')}\n{page[end..]}";
    }

    private static string FirstDifference(string before, string after) =>
        before.Split('\n').Zip(after.Split('\n')).Where(lines => lines.First != lines.Second).Select(lines => $"{Environment.NewLine}page: {lines.First}{Environment.NewLine}code: {lines.Second}").FirstOrDefault("its end");
}
