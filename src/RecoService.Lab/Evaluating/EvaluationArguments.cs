using RecoService.Engine.Evaluation;
using RecoService.Lab.Files;
using RecoService.Lab.Presets;

namespace RecoService.Lab.Evaluating;

/// <summary>What the command line says of the data and the protocol.</summary>
internal sealed record EvaluationArguments
{
    /// <summary>How the command line spells them.</summary>
    public static IReadOnlyDictionary<string, FileFormat> Formats { get; } = new Dictionary<string, FileFormat>(StringComparer.Ordinal)
    {
        ["pairs"] = FileFormat.Pairs,
        ["lists"] = FileFormat.Lists,
        ["ratings"] = FileFormat.Ratings,
        ["baskets"] = FileFormat.Baskets,
    };

    /// <summary>How the command line spells them.</summary>
    public static IReadOnlyDictionary<string, RepeatRule> RepeatRules { get; } = new Dictionary<string, RepeatRule>(StringComparer.Ordinal)
    {
        ["none"] = RepeatRule.None,
        ["allow"] = RepeatRule.Allow,
        ["only"] = RepeatRule.Only,
    };

    public string? Preset { get; init; }

    public string? DataFolder { get; init; }

    public int? Part { get; init; }

    public string? TrainFile { get; init; }

    public string? TestFile { get; init; }

    public string? File { get; init; }

    public string? Split { get; init; }

    /// <summary>Null: allow for baskets, else none; or the preset's.</summary>
    public RepeatRule? Repeats { get; init; }

    /// <summary>What is known of the users and not learned from.</summary>
    public string? KnownFile { get; init; }

    /// <summary>What users were shown, and touched of it.</summary>
    public string? ShownFile { get; init; }

    /// <summary>Whether the test file holds sessions, of which each item is to be found after those before it.</summary>
    public bool IsNextItem { get; init; }

    public string? Candidates { get; init; }

    public int? Negatives { get; init; }

    public FileFormat Format { get; init; } = FileFormat.Pairs;

    public FileFormat? TestFormat { get; init; }

    public string? Delimiter { get; init; }

    public string? Columns { get; init; }

    public bool HasHeader { get; init; }

    public float? MinRating { get; init; }

    public EvaluationTarget? Target { get; init; }

    public string? At { get; init; }

    public IdealDcg? IdealDcg { get; init; }

    public TieOrder? Ties { get; init; }

    public int Seed { get; init; } = 42;

    /// <summary>Whether anything is said of how is judged, beside the length of lists.</summary>
    public bool HasProtocol => Target is not null || IsNextItem || Repeats is not null || Candidates is not null || Negatives is not null || IdealDcg is not null || Ties is not null;

    /// <summary>Columns that can be told from each other: <c>-</c> is one to pass over.</summary>
    public FileLayout LayoutOf(FileFormat format) => new(
        format, Delimiter switch { "tab" or "\\t" => "\t", "comma" => ",", "semicolon" => ";", "pipe" => "|", "blank" => " ", var other => other },
        Columns?.Split(',', StringSplitOptions.TrimEntries), HasHeader)
    { IsStrict = true };
}
