using RecoService.Engine.Computing;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;
using RecoService.Engine.Tuning;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>Which recommenders run, and with which options.</summary>
/// <param name="registry">What there is.</param>
/// <param name="options">Options by name; a recommender without runs with its defaults.</param>
internal sealed class RecommenderChoice(TrainerRegistry registry, IReadOnlyDictionary<string, object> options)
{
    /// <summary>Stands for the recommender that does best on a validation part cut from the training part.</summary>
    public const string Auto = "auto";

    /// <param name="registry">What there is.</param>
    /// <param name="file">Named by the operator; null for the preset's own.</param>
    /// <param name="preset">The preset; null for files.</param>
    /// <exception cref="InvalidDataException">The file cannot be used.</exception>
    public static RecommenderChoice Load(TrainerRegistry registry, string? file, string? preset)
    {
        var path = file ?? (preset is null ? null : Path.Combine(AppContext.BaseDirectory, "presets", $"{preset}.json"));
        return new RecommenderChoice(
            registry, path is null || (file is null && !File.Exists(path)) ? new Dictionary<string, object>(StringComparer.Ordinal) : TrainerOptionsFile.Read(path, registry));
    }

    /// <summary>The names in a comma-separated list, <c>all</c> being those that are made for the target.</summary>
    /// <exception cref="EvaluationArgumentException">A name is unknown.</exception>
    public IReadOnlyList<string> NamesIn(string list, EvaluationTarget target)
    {
        var names = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(name => name == "all" ? FitFor(target) : [TrainerRegistry.NameOf(name)]).Distinct(StringComparer.Ordinal).ToList();
        if (names.Find(name => name != Auto && !registry.Names.Contains(name)) is { } unknown)
            throw new EvaluationArgumentException($"There is no recommender '{unknown}'; known are {string.Join(", ", registry.Names)}, {Auto} and all.");
        return names.Count > 0 ? names : throw new EvaluationArgumentException("--recommender names none.");
    }

    public ITrainer TrainerOf(string name, object? with = null) => registry.Create(name, with ?? OptionsOf(name));

    /// <summary>The options as JSON, every value included.</summary>
    public string Describe(string name, object? with = null) => registry.Serialize(name, with ?? OptionsOf(name));

    /// <summary>The recommender that does best on the validation part.</summary>
    /// <param name="validation">What judges.</param>
    /// <param name="among">Who is tried; null: all that auto tries.</param>
    /// <param name="settings">Budget and bounds.</param>
    /// <param name="context">Of the command.</param>
    /// <exception cref="TrainingException">Nobody can be judged, or no candidate gave a model.</exception>
    public SelectionResult Pick(Validation validation, IReadOnlyList<string>? among, SearchSettings settings, TrainingContext context)
    {
        var candidates = among?.Select(name => new RecommenderCandidate(name, OptionsOf(name), options.ContainsKey(name))).ToList()
            ?? RecommenderSelection.AllOf(registry, validation.Target, options, validation.CanRepeat);
        return new RecommenderSelection(registry, validation, settings, TimeProvider.System, new Trials(context)).Run(candidates, context.CancellationToken);
    }

    public object OptionsOf(string name) => registry.OptionsOf(name, options);

    private IReadOnlyList<string> FitFor(EvaluationTarget target) =>
        registry.NamesFor(target == EvaluationTarget.Ratings ? TrainerTarget.Ratings : TrainerTarget.Ranking);

    private sealed class Trials(TrainingContext context) : IProgress<SearchProgress>
    {
        public void Report(SearchProgress value) => context.Report(value.Doing, value.Fraction);
    }
}
