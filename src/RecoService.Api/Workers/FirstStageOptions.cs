using System.Text.Json;
using RecoService.Engine.Algorithms.Ranking;
using RecoService.Engine.Evaluation;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>The options that a worker's ranker has beside its own: the service makes the candidates that it puts in order.</summary>
internal static class FirstStageOptions
{
    private const string FirstStage = "candidateTrainer";

    private static readonly OptionsSchema Shared = ReadShared();

    /// <summary>A ranker's own options with these behind them; what it describes of these itself, another default or range, holds.</summary>
    /// <exception cref="FormatException">It describes one of these as something else.</exception>
    public static OptionsSchema AddTo(OptionsSchema own) => own.With(Shared, FirstStage);

    /// <summary>What the engine takes.</summary>
    public static TwoStageOptions Of(DescribedOptions options) => new()
    {
        CandidateTrainer = (string)options[FirstStage],
        Trainers = options.Trainers,
        Candidates = (int)(long)options["candidates"],
        NegativesPerPositive = (int)(long)options["negativesPerPositive"],
        ValidationCut = Enum.Parse<ValidationCut>((string)options["validationCut"], ignoreCase: true),
        ValidationFraction = (double)options["validationFraction"],
        ValidationUsers = (int)(long)options["validationUsers"],
    };

    private static OptionsSchema ReadShared()
    {
        using var stream = typeof(FirstStageOptions).Assembly.GetManifestResourceStream("first-stage-options.json")!;
        using var document = JsonDocument.Parse(stream);
        return OptionsSchema.Read(document.RootElement);
    }
}
