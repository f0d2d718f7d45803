using System.Reflection;
using System.Xml.Linq;

namespace RecoService.Api.Tests.Documentation;

/// <summary>The summaries of an assembly's documentation file, each as one line of Markdown that may stand in a table.</summary>
internal sealed class XmlComments(XDocument file)
{
    private readonly Dictionary<string, string> summaries = file.Descendants("member").Where(member => member.Element("summary") is not null)
        .ToDictionary(member => (string)member.Attribute("name")!, member => Markdown(member.Element("summary")!), StringComparer.Ordinal);

    /// <summary>Those of the assembly, whose documentation file lies beside it.</summary>
    public static XmlComments Of(Assembly assembly) => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")));

    public string Of(Type type) => Find($"T:{type.FullName}");

    public string Of(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>The summary of an enumeration's value; null where it has none.</summary>
    public string? FindOf(FieldInfo value) => summaries.GetValueOrDefault($"F:{value.DeclaringType!.FullName}.{value.Name}");

    private string Find(string member) => summaries.TryGetValue(member, out var summary) ? summary : throw new InvalidOperationException($"{member[2..]} has no summary, which its page of documentation needs.");

    private static string Markdown(XElement summary) =>
        string.Join(' ', string.Concat(summary.Nodes().Select(Markdown)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace("|", "\\|", StringComparison.Ordinal);

    private static string Markdown(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('(')[0].Split('.')[^1]}`",
        XElement code => $"`{code.Value}`",
        XText text => text.Value,
        _ => "",
    };
}
