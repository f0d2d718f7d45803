using RecoService.Engine.Data;
using RecoService.Engine.Evaluation;

namespace RecoService.Lab.Presets;

/// <summary>A table to be made: what trains, what judges, and how.</summary>
/// <param name="Name">What is judged, in a few words.</param>
/// <param name="Folds">One, or as many as the protocol has folds.</param>
/// <param name="Protocol">How it is judged.</param>
/// <param name="Published">What others measured in the same way.</param>
public sealed record EvaluationPart(string Name, IReadOnlyList<EvaluationFold> Folds, EvaluationProtocol Protocol, IReadOnlyList<PublishedRow> Published)
{
    private const double RandomFraction = 0.2;

    /// <summary>Cuts a validation part from a train part as the test part was cut from the whole, so that what is good there is good here; the seed decides what is left to chance.
    /// A fifth of each user's interactions, where nothing better is known.</summary>
    public Func<InteractionDataset, int, DataSplit> CutValidation { get; init; } = (train, seed) => Splits.RandomPerUser(train, RandomFraction, seed);
}

/// <summary>One line of a printed table.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Trainer">The trainer that does the same; null when there is none.</param>
/// <param name="Values">By <see cref="Measures"/> name, as <c>nDCG@10</c>.</param>
public sealed record PublishedRow(string Name, string? Trainer, IReadOnlyDictionary<string, double> Values);
