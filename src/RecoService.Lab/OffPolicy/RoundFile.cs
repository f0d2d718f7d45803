using System.Globalization;
using System.Text.Json;
using RecoService.Lab.Files;

namespace RecoService.Lab.OffPolicy;

/// <summary>One logged round as a file has it.</summary>
/// <param name="Action">What was shown.</param>
/// <param name="Position">Where; null where the file does not say.</param>
/// <param name="Reward">What came of it.</param>
/// <param name="Propensity">How probable it was to show this.</param>
/// <param name="Probability">How probable the evaluated policy shows this; null where the file does not say.</param>
/// <param name="Probabilities">The same of every action; null where the file does not say.</param>
/// <param name="Context">A number per name of the file.</param>
internal sealed record FileRound(
    string Action, string? Position, double Reward, double Propensity, double? Probability, IReadOnlyDictionary<string, double>? Probabilities, IReadOnlyDictionary<string, double> Context);

/// <summary>
/// Logged rounds from a file, packed with gzip or not: delimited lines under a header with <c>action, reward, propensity</c> and as wished <c>position, probability, probability:ACTION, context:NAME</c>,
/// or a JSON object a line with the same names, <c>probabilities</c> and <c>context</c> being objects. The names of the Open Bandit Dataset (<c>item_id, click, propensity_score</c>) are known too.
/// </summary>
/// <param name="Rounds">In the order of the file.</param>
/// <param name="PassedOver">Columns that say nothing here.</param>
internal sealed record RoundFile(IReadOnlyList<FileRound> Rounds, IReadOnlyList<string> PassedOver)
{
    private const string ProbabilityPrefix = "probability:";
    private const string ContextPrefix = "context:";

    private static readonly IReadOnlyDictionary<string, double> Nothing = new Dictionary<string, double>(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal) { ["item_id"] = "action", ["click"] = "reward", ["propensity_score"] = "propensity" };

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be understood; file, line and reason are named.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static RoundFile Read(string path)
    {
        var lines = DelimitedLines.Read(path);
        var file = lines.FirstOrDefault().Text is { } first && first.TrimStart().StartsWith('{')
            ? new RoundFile([.. lines.Select(line => OfJson(path, line.Number, line.Text))], [])
            : ReadDelimited(path, lines);
        if (file.Rounds.Count == 0)
            throw new InvalidDataException($"{path} holds no round.");
        return file;
    }

    /// <summary>Fails with the place of the fault.</summary>
    public static InvalidDataException Fault(string path, int line, string reason) => new($"{path}, line {line}: {reason}.");

    /// <summary>The columns of a header, by the names that count here.</summary>
    public static string[] HeaderOf(string line, string? delimiter) => [.. DelimitedLines.Fields(line, delimiter).Select(name => Aliases.GetValueOrDefault(name, name))];

    /// <summary>A finite number of a field.</summary>
    public static double NumberOf(string path, int line, string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Fault(path, line, $"{name} is '{text}', which is no number");

    private static RoundFile ReadDelimited(string path, IEnumerable<(int Number, string Text)> lines)
    {
        string[]? header = null;
        string? delimiter = null;
        var rounds = new List<FileRound>();
        foreach (var (number, line) in lines)
        {
            if (header is null)
            {
                delimiter = DelimitedLines.DelimiterOf(line);
                header = HeaderOf(line, delimiter);
                foreach (var (needed, alias) in ((string, string)[])[("action", "item_id"), ("reward", "click"), ("propensity", "propensity_score")])
                {
                    if (!header.Contains(needed, StringComparer.Ordinal))
                        throw new InvalidDataException($"{path}: the header names no column '{needed}' (or '{alias}'). Needed are action, reward and propensity; position, probability, probability:ACTION and context:NAME are read too.");
                }

                continue;
            }

            var fields = DelimitedLines.Fields(line, delimiter);
            if (fields.Length != header.Length)
                throw Fault(path, number, $"{fields.Length} fields are found, and the header has {header.Length}");
            rounds.Add(OfFields(path, number, header, fields));
        }

        return new RoundFile(rounds, [.. (header ?? []).Where(name => name.Length > 0 && !IsKnown(name))]);
    }

    private static bool IsKnown(string name) =>
        name is "action" or "reward" or "propensity" or "position" or "probability" || name.StartsWith(ProbabilityPrefix, StringComparison.Ordinal) || name.StartsWith(ContextPrefix, StringComparison.Ordinal);

    private static FileRound OfFields(string path, int line, string[] header, string[] fields)
    {
        var (action, position) = ("", (string?)null);
        var (reward, propensity, probability) = (0.0, 0.0, (double?)null);
        Dictionary<string, double>? probabilities = null, context = null;
        for (var column = 0; column < header.Length; column++)
        {
            var (name, text) = (header[column], fields[column]);
            if (name == "action")
                action = text;
            else if (name == "position")
                position = text;
            else if (name == "reward")
                reward = NumberOf(path, line, name, text);
            else if (name == "propensity")
                propensity = NumberOf(path, line, name, text);
            else if (name == "probability")
                probability = NumberOf(path, line, name, text);
            else if (name.StartsWith(ProbabilityPrefix, StringComparison.Ordinal))
                (probabilities ??= new(StringComparer.Ordinal))[name[ProbabilityPrefix.Length..]] = NumberOf(path, line, name, text);
            else if (name.StartsWith(ContextPrefix, StringComparison.Ordinal))
                (context ??= new(StringComparer.Ordinal))[name[ContextPrefix.Length..]] = NumberOf(path, line, name, text);
        }

        return Checked(path, line, new FileRound(action, position, reward, propensity, probability, probabilities, context ?? Nothing));
    }

    private static FileRound OfJson(string path, int line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var round = document.RootElement;
            return Checked(path, line, new FileRound(
                TextOf("action") ?? "", TextOf("position"), Number("reward") ?? throw Missing("reward"), Number("propensity") ?? throw Missing("propensity"), Number("probability"),
                Numbers("probabilities"), Numbers("context") ?? Nothing));

            string? TextOf(string name) => round.TryGetProperty(name, out var value) ? value.ToString() : null;

            double? Number(string name) => round.TryGetProperty(name, out var value) ? value.GetDouble() : null;

            IReadOnlyDictionary<string, double>? Numbers(string name) =>
                round.TryGetProperty(name, out var value) ? value.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetDouble(), StringComparer.Ordinal) : null;

            InvalidDataException Missing(string name) => Fault(path, line, $"the round has no '{name}'; needed are action, reward and propensity");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw Fault(path, line, $"this is no round as a JSON object, such as {{\"action\": \"a\", \"reward\": 1, \"propensity\": 0.1}}: {exception.Message.TrimEnd('.')}");
        }
    }

    private static FileRound Checked(string path, int line, FileRound round)
    {
        if (round.Action.Length == 0)
            throw Fault(path, line, "the action is empty");
        if (round.Propensity is not (> 0 and <= 1))
            throw Fault(path, line, string.Create(CultureInfo.InvariantCulture, $"the propensity is {round.Propensity}; it is above 0 and at most 1"));
        foreach (var value in (round.Probabilities?.Values ?? []).Append(round.Probability ?? 0))
        {
            if (value is not (>= 0 and <= 1))
                throw Fault(path, line, string.Create(CultureInfo.InvariantCulture, $"{value} is no probability; it is 0 to 1"));
        }

        return round;
    }
}
