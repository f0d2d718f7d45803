using System.Globalization;
using System.Reflection;
using RecoService.Api.Tests.Architecture;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Api.Tests.Documentation;

/// <summary>docs/options.md says what the options classes say.</summary>
public sealed class OptionsPageTests
{
    public static TheoryData<string> Trainers() => [.. BuiltInTrainers.Registry.Names];

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Page_EveryOptionOfATrainer_HasItsDefault(string trainer)
    {
        var section = File.ReadAllText(Path.Combine(Repository.Root, "docs", "options.md"))
            .Split("\n## ").Single(section => section.Split('\n')[0].Split(", ").Contains($"`{trainer}`"));
        var defaults = Activator.CreateInstance(BuiltInTrainers.Registry.OptionsTypeOf(trainer))!;
        var expected = defaults.GetType().GetProperties().Where(property => property.CanWrite).Select(property =>
            $"| `{property.Name}` | {Written(property.GetValue(defaults))} | {(property.IsDefined(typeof(SearchAttribute)) ? "yes" : "")} |");

        var rows = section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();

        Assert.Equal(expected, rows.Select(row => string.Join('|', row.Split('|')[..4]) + "|"));
    }

    private static string Written(object? value) => value switch
    {
        null or System.Collections.IDictionary => "none",
        "" => "empty",
        bool truth => truth ? "true" : "false",
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
