using System.Collections.Concurrent;
using RecoService.Engine.Algorithms;
using RecoService.Engine.Computing;
using RecoService.Engine.Training;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;

namespace RecoService.Engine.Tests.RealData;

/// <summary>A preset's parts, read once for all tests, and the options that are committed for it.</summary>
internal sealed record PresetData(IReadOnlyList<EvaluationPart> Parts, IReadOnlyDictionary<string, object> Options)
{
    private static readonly ConcurrentDictionary<string, Lazy<PresetData>> Read = new(StringComparer.Ordinal);

    /// <summary>Skips the test where the data is not there.</summary>
    public static PresetData Of(string name)
    {
        var preset = EvaluationPreset.All.Single(preset => preset.Name == name);
        var folder = SharedData.FolderOrSkip(preset.Folder);
        return Read.GetOrAdd(name, _ => new(() => new PresetData(
            preset.Load(folder), TrainerOptionsFile.Read(Path.Combine(AppContext.BaseDirectory, "presets", $"{name}.json"), BuiltInTrainers.Registry)))).Value;
    }

    private readonly ConcurrentDictionary<(string Trainer, int Part), Lazy<EvaluationResult>> results = new();

    /// <summary>As <c>evaluate --preset</c> does it: with the committed options, or the trainer's defaults. Tests that ask for the same share the result.</summary>
    public EvaluationResult Evaluate(string trainer, int part = 0) =>
        results.GetOrAdd((trainer, part), _ => new(() => Evaluate(trainer, BuiltInTrainers.Registry.OptionsOf(trainer, Options), part))).Value;

    public EvaluationResult Evaluate(string trainer, object options, int part = 0)
    {
        var result = new PartEvaluator(TimeProvider.System).Evaluate(Parts[part], BuiltInTrainers.Registry.Create(trainer, options), new TrainingContext(2));
        TestContext.Current.TestOutputHelper?.WriteLine($"{trainer}: {string.Join(", ", result.Values.Select(value => FormattableString.Invariant($"{value.Key} {value.Value:F4}")))}");
        return result;
    }
}
