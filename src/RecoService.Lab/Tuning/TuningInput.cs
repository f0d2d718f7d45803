using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Tuning;
using RecoService.Lab.Evaluating;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Tuning;

/// <summary>What a search trains and judges on: a training part in two. A preset's test part is left alone.</summary>
internal static class TuningInput
{
    /// <summary>The first part of a preset, or the one asked for; of several folds the first.</summary>
    /// <exception cref="EvaluationArgumentException">The arguments contradict each other or name what is not there.</exception>
    /// <exception cref="InvalidDataException">A file is not as it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Validation OfPreset(EvaluationArguments arguments, string? split)
    {
        var part = EvaluationInput.Load(arguments).Parts[0];
        return OfPart(part, split, arguments.Seed);
    }

    /// <summary>The training part of a table to be made, cut as the part itself was cut unless a split says otherwise; of several folds the first.</summary>
    public static Validation OfPart(EvaluationPart part, string? split, int seed, int maxUsers = Validation.DefaultMaxUsers)
    {
        if (split is not null)
            return Of(part.Folds[0].Train, part.Protocol, split, seed);
        Validation Cut(InteractionDataset train) => new(part.CutValidation(train, seed), part.Protocol, seed, maxUsers);
        var latest = part.CutValidation(part.Folds[0].Train, seed);
        return new Validation(latest, part.Protocol, seed, maxUsers) { Earlier = part.IsCutByTime ? Validation.WindowsOf(latest.Train, Cut) : [] };
    }

    /// <summary>A file to learn from.</summary>
    /// <inheritdoc cref="OfPreset"/>
    public static Validation OfFile(EvaluationArguments arguments)
    {
        var part = EvaluationInput.Load(arguments).Parts[0];
        return new Validation(part.Folds[0], part.Protocol, arguments.Seed);
    }

    /// <summary>What the service has stored: cut as a model run cuts it, unless a split says otherwise.</summary>
    /// <inheritdoc cref="OfPreset"/>
    public static Validation OfStore(StoredInput stored, EvaluationProtocol protocol, string? split, int seed) => split is null
        ? new Validation(HoldoutCut.Of(stored.Dataset, stored.HoldoutFraction, stored.MinJudgedUsers, seed, protocol.Repeats), protocol, seed)
        : Of(stored.Dataset, protocol, split, seed);

    private static Validation Of(InteractionDataset train, EvaluationProtocol protocol, string split, int seed) =>
        new(EvaluationInput.SplitOf(train, split, seed, hasTimes: true)[0], protocol, seed);
}
