using System.CommandLine;
using System.CommandLine.Parsing;
using RecoService.Engine.Evaluation;

namespace RecoService.Lab.Evaluating;

/// <summary>The options that say how is judged; <c>evaluate</c> and <c>tune</c> share them.</summary>
/// <param name="withOffPolicy">Whether rounds that a policy logged may be judged too.</param>
internal sealed class ProtocolOptions(bool withOffPolicy = false)
{
    private const string OffPolicy = "off-policy";
    private const string NextItem = "next-item";

    private static readonly Dictionary<string, EvaluationTarget> Targets = new(StringComparer.Ordinal) { ["topn"] = EvaluationTarget.TopN, ["ratings"] = EvaluationTarget.Ratings, [NextItem] = EvaluationTarget.TopN };

    private static readonly Dictionary<string, IdealDcg> Ideals = new(StringComparer.Ordinal) { ["all"] = IdealDcg.AllRelevant, ["at-most-k"] = IdealDcg.AtMostK };

    private static readonly Dictionary<string, TieOrder> TieOrders = new(StringComparer.Ordinal) { ["lower-index"] = TieOrder.LowerIndexFirst, ["as-selected"] = TieOrder.AsSelected };

    private readonly Option<string?> protocol = Word(
        "--protocol",
        "What is judged: topn (lists), ratings, or next-item (lists: each item of a test session after those before it); default ratings for rating files, else topn"
            + (withOffPolicy ? "; off-policy evaluates a policy by the rounds that another one logged in --file" : ""),
        withOffPolicy ? Targets.Keys.Append(OffPolicy) : Targets.Keys);

    private readonly Option<string?> repeats = Word(
        "--repeats", "What a user had before: none (lists are of new items), allow (it is listed and counts when taken again) or only; default none, for baskets allow, or the preset's",
        EvaluationArguments.RepeatRules.Keys);

    private readonly Option<string?> candidates = new("--candidates") { Description = "A file of lists: rank only these and the test items of each user" };
    private readonly Option<int?> negatives = new("--negatives") { Description = "Rank the test items among so many random others for each; for comparison with tables made so" };
    private readonly Option<string?> ideal = Word("--ideal-dcg", "The ideal list of nDCG: all test items, or at-most-k of them; default at-most-k, or the preset's", Ideals.Keys);
    private readonly Option<string?> ties = Word("--ties", "Of equal scores the lower-index stands first, or as-selected by a quickselect; default lower-index, or the preset's", TieOrders.Keys);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[protocol, repeats, candidates, negatives, ideal, ties])
            command.Options.Add(option);
    }

    /// <summary>The arguments with what these options say.</summary>
    public EvaluationArguments Read(ParseResult parsed, EvaluationArguments arguments) => arguments with
    {
        Target = IsOffPolicy(parsed) ? null : Meant(parsed.GetValue(protocol), Targets),
        IsNextItem = parsed.GetValue(protocol) == NextItem,
        Repeats = Meant(parsed.GetValue(repeats), EvaluationArguments.RepeatRules),
        Candidates = parsed.GetValue(candidates),
        Negatives = parsed.GetValue(negatives),
        IdealDcg = Meant(parsed.GetValue(ideal), Ideals),
        Ties = Meant(parsed.GetValue(ties), TieOrders),
    };

    /// <summary>Whether rounds that a policy logged are judged, and no recommender.</summary>
    public bool IsOffPolicy(ParseResult parsed) => parsed.GetValue(protocol) == OffPolicy;

    /// <summary>An option whose value is one of some words.</summary>
    public static Option<string?> Word(string name, string description, IEnumerable<string> words)
    {
        var option = new Option<string?>(name) { Description = description };
        option.AcceptOnlyFromAmong([.. words]);
        return option;
    }

    /// <summary>What a word means; null for none.</summary>
    public static T? Meant<T>(string? word, IReadOnlyDictionary<string, T> words)
        where T : struct => word is null ? null : words[word];
}
