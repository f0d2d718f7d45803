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
    public Func<InteractionDataset, int, EvaluationFold> CutValidation { get; init; } = (train, seed) => FoldOf(Protocol, Splits.RandomPerUser(train, RandomFraction, seed));

    /// <summary>Whether the test part is what came last, so that an earlier validation part can be cut before a later one.</summary>
    public bool IsCutByTime { get; init; }

    /// <summary>What whoever reads the figures should know of the data, a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What is judged of a split.</summary>
    public static EvaluationFold FoldOf(EvaluationProtocol protocol, DataSplit split) => protocol.Target == EvaluationTarget.Ratings ? EvaluationFold.OfRatings(split) : EvaluationFold.OfLists(split, protocol.Repeats);
}

/// <summary>One line of a printed table.</summary>
/// <param name="Name">As printed.</param>
/// <param name="Trainer">The trainer that does the same; null when there is none.</param>
/// <param name="Values">By <see cref="Measures"/> name, as <c>nDCG@10</c>.</param>
public sealed record PublishedRow(string Name, string? Trainer, IReadOnlyDictionary<string, double> Values);
