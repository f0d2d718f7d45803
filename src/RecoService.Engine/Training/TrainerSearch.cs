using RecoService.Engine.Data;
using RecoService.Engine.Models;

namespace RecoService.Engine.Training;

/// <summary>Options that did well on data of some kind, from which a search of the options begins.</summary>
/// <param name="Name">The kind of data, in a word.</param>
/// <param name="Options">The options.</param>
/// <param name="FoundOn">The shape of the data on which they did well.</param>
public sealed record StartingPoint(string Name, object Options, DataShape FoundOn);

/// <summary>Options of a trainer with its name.</summary>
public sealed record NamedOptions(string Trainer, object Options);

/// <summary>What a trainer says of itself to whoever picks one by trying.</summary>
public sealed record TrainerSearch
{
    /// <summary>Says nothing.</summary>
    public static TrainerSearch Unknown { get; } = new();

    /// <summary>About how many operations a training takes, one being what two threads of an ordinary machine do in a nanosecond; a few times too many or too few do no harm.
    /// Null where nobody can say.</summary>
    public Func<object, DataShape, double>? Operations { get; init; }

    /// <summary>Whether it is tried before all others, however short the time is.</summary>
    public bool IsCheap { get; init; }

    /// <summary>Where a search of its options begins, beside the defaults.</summary>
    public IReadOnlyList<StartingPoint> Starts { get; init; } = [];

    /// <summary>Of a trainer made of others: its configured options, changed for the best of the others so far, best first; null for a trainer of its own.</summary>
    public Func<object, IReadOnlyList<NamedOptions>, object>? Compose { get; init; }

    /// <summary>Changes options so that what they make learns from the lists that users were shown; null for a trainer that cannot.</summary>
    public Action<object>? LearnFromLists { get; init; }

    /// <summary>The options with what a model of them has learned about them, so that another training need not learn it again; null where there is nothing.</summary>
    public Func<object, IScorer, object>? Settle { get; init; }
}
