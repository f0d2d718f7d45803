using System.Globalization;
using System.Reflection;
using System.Text;
using RecoService.Api.Settings;
using RecoService.Engine.Data;

namespace RecoService.Api.Tests.Documentation;

/// <summary>docs/configuration.md says of every setting what the settings classes say.</summary>
public sealed class ConfigurationPageTests
{
    private static readonly XmlComments Comments = XmlComments.Of(typeof(RecoSettings).Assembly);

    [Fact]
    public void Page_EverySetting_IsAsItIsDeclared() =>
        GeneratedText.Hold("docs/configuration.md", [("settings", Settings()), ("kinds", Kinds())]);

    [Fact]
    public void Settings_NestedNamedAndListed_HaveTheirFullKeys()
    {
        var page = Settings();

        Assert.Contains("\n| `Reco:Retraining:Interval` | time span | `01:00:00` | 00:00:01 to 365.00:00:00 | The time between scheduled runs, unless `Cron` is set. |\n", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Recommendations:FeedInterval` | time span | `00:00:00.5` | 00:00:00.05 to 00:01:00 | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Interactions:Kinds:NAME:Weight` | number | none | -1,000 to 1,000 | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Security:ApiKeys:N:Role` | `Storefront`, `Viewer`, `Admin` | `Storefront` |  | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Security:ApiKeys:N:Key` | text | none | 16 to 256 characters | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Limits:MaxImportBytes` | whole number | `4294967296` | at least 1,024 | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:PathBase` | text | none | a path such as /reco, with no slash at its end | ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Reco:Workers:NAME:Arguments` | list of texts | none |  | ", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Environment.MachineName + "`", page, StringComparison.Ordinal);
    }

    private static string Settings()
    {
        var page = new StringBuilder();
        var root = new RecoSettings();
        AddTable(page, "The service", "", "Reco", root);
        foreach (var (property, value) in PropertiesOf(root).Where(pair => IsSection(pair.Property)))
            AddSection(page, property.Name, $"Reco:{property.Name}", value!);
        return page.ToString();
    }

    /// <summary>A section with its own settings, and after them those of its lists and names.</summary>
    private static void AddSection(StringBuilder page, string title, string key, object section)
    {
        var type = section.GetType();
        if (type.IsGenericType)
        {
            var isList = type.GetGenericTypeDefinition() == typeof(List<>);
            // What a trainer knows stands on the page of options.
            if (type.GetGenericArguments()[^1] is var element && element != typeof(object))
                AddSection(page, title, $"{key}:{(isList ? "N" : "NAME")}", Activator.CreateInstance(element)!);
            return;
        }

        AddTable(page, title, Comments.Of(type), key, section);
        foreach (var (property, value) in PropertiesOf(section).Where(pair => IsSection(pair.Property)))
            AddSection(page, $"{title}: {property.Name}", $"{key}:{property.Name}", value!);
    }

    private static void AddTable(StringBuilder page, string title, string summary, string key, object section)
    {
        var settings = PropertiesOf(section).Where(pair => !IsSection(pair.Property)).ToList();
        if (settings.Count == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"## {title}\n\n");
        if (summary.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"{summary}\n\n");
        page.Append("| setting | type | default | bounds | meaning |\n|---|---|---|---|---|\n");
        foreach (var (property, _) in settings)
        {
            var option = new DeclaredOption(property, section);
            page.Append(CultureInfo.InvariantCulture, $"| `{key}:{property.Name}` | {option.Type} | {option.Default} | {option.Bounds} | {option.MeaningIn(Comments)} |\n");
        }

        page.Append('\n');
    }

    private static IEnumerable<(PropertyInfo Property, object? Value)> PropertiesOf(object section) =>
        section.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => (property, property.GetValue(section)));

    private static bool IsSection(PropertyInfo property) => property.PropertyType is { IsClass: true } type && type != typeof(string) && type != typeof(List<string>);

    private static string Kinds()
    {
        var page = new StringBuilder("| kind | weight | consumes | undoes |\n|---|---|---|---|\n");
        foreach (var kind in Enumerable.Range(0, InteractionKinds.Default.Count).Select(index => InteractionKinds.Default[index]))
            page.Append(CultureInfo.InvariantCulture, $"| `{kind.Name}` | {kind.Weight} | {(kind.Consumes ? "yes" : "")} | {(kind.Undoes is { } undone ? $"`{undone}`" : "")} |\n");
        return page.ToString();
    }
}
