using System.Globalization;
using System.Reflection;
using System.Text;
using RecoService.Api.Tests.Architecture;
using RecoService.Api.Workers;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;

namespace RecoService.Api.Tests.Documentation;

/// <summary>docs/options.md says of every trainer what its options class says, or what the worker that comes with the service describes.</summary>
public sealed class OptionsPageTests
{
    private const string Heading = "| option | type | default | bounds | tuned | meaning |\n|---|---|---|---|---|---|\n";

    private static readonly XmlComments Comments = XmlComments.Of(typeof(TrainerRegistry).Assembly);

    [Fact]
    public void Page_EveryOption_IsAsItIsDeclared() => GeneratedText.Hold(
        "docs/options.md",
        Described("describe.json").Concat(Described("describe.recommender.json")).Concat(Described("describe.json", "RecoService.Neural")).DistinctBy(part => part.Name).Prepend(("built-in", BuiltIn())));

    [Fact]
    public void BuiltIn_NumberTruthAndEnumeration_HaveTheirRows()
    {
        var page = BuiltIn();

        Assert.Contains("\n## `linear-svm`, `logistic-regression`\n", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Factors` | whole number | `128` | 1 to 1,024 | yes | Numbers per user and per item. |\n", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Binary` | `true`, `false` | `true` |  | yes | True counts every pair as 1; ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Confidence` | `Linear`, `Log` | `Log` |  | yes | How confidence grows with the weight of the interactions. `Linear`: 1 + alpha \\|r\\|. `Log`: ", page, StringComparison.Ordinal);
        Assert.Contains("\n| `Weights` | text | none |  |  | One number of at least 0 per component", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Described_Number_HasItsRow() =>
        Assert.Contains("\n| `factors` | whole number | `64` | 1 to 1,024 | yes | Numbers per user and per item, rounded up to a multiple of 8. |\n", Described("describe.json").Single(trainer => trainer.Name == "ml-logistic-mf").Text, StringComparison.Ordinal);

    private static string BuiltIn()
    {
        var page = new StringBuilder();
        foreach (var trainers in BuiltInTrainers.Registry.Names.GroupBy(BuiltInTrainers.Registry.OptionsTypeOf))
        {
            page.Append(CultureInfo.InvariantCulture, $"## {string.Join(", ", trainers.Select(name => $"`{name}`"))}\n\n{Heading}");
            var defaults = Activator.CreateInstance(trainers.Key)!;
            foreach (var property in trainers.Key.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
            {
                var option = new DeclaredOption(property, defaults);
                page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {option.Type} | {option.Default} | {option.Bounds} | {(property.IsDefined(typeof(SearchAttribute)) ? "yes" : "")} | {option.MeaningIn(Comments)} |\n");
            }

            page.Append('\n');
        }

        return page.ToString();
    }

    private static IEnumerable<(string Name, string Text)> Described(string file, string project = "RecoService.MlNet") =>
        from trainer in WorkerDescription.Read(Repository.Read($"src/{project}/{file}"))
        select (trainer.Name, Heading + string.Concat(trainer.Options.Options.Select(Row)));

    private static string Row(OptionDescription option) =>
        $"| `{option.Name}` | {TypeOf(option)} | `{DefaultOf(option)}` | {BoundsOf(option)} | {(option.Search is null ? "" : "yes")} | {option.Description} |\n";

    private static string TypeOf(OptionDescription option) => option.Kind switch
    {
        OptionKind.Integer => "whole number",
        OptionKind.Number => "number",
        OptionKind.Boolean => "`true`, `false`",
        _ when option.Choices.Count > 0 => string.Join(", ", option.Choices.Select(choice => $"`{choice}`")),
        _ => "text",
    };

    private static string DefaultOf(OptionDescription option) => option.Default switch
    {
        bool truth => truth ? "true" : "false",
        double number => number.ToString("0.##########", CultureInfo.InvariantCulture),
        _ => Convert.ToString(option.Default, CultureInfo.InvariantCulture)!,
    };

    private static string BoundsOf(OptionDescription option)
    {
        if (option.Kind is OptionKind.Boolean or OptionKind.Text)
            return "";
        var low = double.IsFinite(option.Minimum) ? $"{(option.IsAboveMinimum ? "above " : "")}{DeclaredOption.Written(option.Minimum)}" : "";
        var high = double.IsFinite(option.Maximum) ? $"{(option.IsBelowMaximum ? "below " : "")}{DeclaredOption.Written(option.Maximum)}" : "";
        return low.Length > 0 && high.Length > 0 ? $"{low} to {high}" : low + high;
    }
}
