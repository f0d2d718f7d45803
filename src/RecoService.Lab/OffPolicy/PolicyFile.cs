using System.Globalization;
using RecoService.Lab.Files;

namespace RecoService.Lab.OffPolicy;

/// <summary>A policy that looks at nothing, or at the position alone: probabilities of actions.</summary>
/// <param name="Name">What it is called in reports.</param>
/// <param name="ByPosition">For each position the actions with their probabilities; the one position <c>""</c> where it does not look at the position.</param>
internal sealed record PolicyFile(string Name, IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> ByPosition)
{
    /// <summary>Whether it looks at the position.</summary>
    public bool HasPositions => !ByPosition.ContainsKey("");

    /// <summary>From delimited lines under a header with <c>action, probability</c> and as wished <c>position</c>.</summary>
    /// <exception cref="InvalidDataException">It cannot be understood, or probabilities do not sum to 1.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PolicyFile Read(string path)
    {
        var policy = new Dictionary<string, Dictionary<string, double>>(StringComparer.Ordinal);
        string[]? header = null;
        string? delimiter = null;
        foreach (var (number, line) in DelimitedLines.Read(path))
        {
            if (header is null)
            {
                delimiter = DelimitedLines.DelimiterOf(line);
                header = RoundFile.HeaderOf(line, delimiter);
                if (!header.Contains("action", StringComparer.Ordinal) || !header.Contains("probability", StringComparer.Ordinal))
                    throw new InvalidDataException($"{path}: the header of a policy names action and probability, and position where it depends on that.");
                continue;
            }

            var fields = DelimitedLines.Fields(line, delimiter);
            if (fields.Length != header.Length)
                throw RoundFile.Fault(path, number, $"{fields.Length} fields are found, and the header has {header.Length}");
            var position = Array.IndexOf(header, "position") is >= 0 and var column ? fields[column] : "";
            if (!policy.TryGetValue(position, out var actions))
                policy[position] = actions = new(StringComparer.Ordinal);
            var action = fields[Array.IndexOf(header, "action")];
            if (!actions.TryAdd(action, RoundFile.NumberOf(path, number, "probability", fields[Array.IndexOf(header, "probability")])))
                throw RoundFile.Fault(path, number, $"the action '{action}' stands twice");
        }

        foreach (var (position, actions) in policy)
        {
            if (Math.Abs(actions.Values.Sum() - 1) > 1e-3 || actions.Values.Any(value => value is not (>= 0 and <= 1)))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{path}: the probabilities{(position.Length > 0 ? $" at position {position}" : "")} sum to {actions.Values.Sum()}; they are 0 to 1 each, and 1 together."));
        }

        return new PolicyFile(Path.GetFileName(path), Frozen(policy));
    }

    /// <summary>
    /// The policy that made another log, as far as it looks at the position alone: how often each action was shown there. The mean of the logged propensities would not do: a policy that changes is
    /// logged more often where its propensity was large.
    /// </summary>
    public static PolicyFile OfLog(string path, RoundFile log)
    {
        var policy = log.Rounds.GroupBy(round => round.Position ?? "", StringComparer.Ordinal).ToDictionary(
            group => group.Key, group => group.GroupBy(round => round.Action, StringComparer.Ordinal).ToDictionary(shown => shown.Key, shown => (double)shown.Count() / group.Count(), StringComparer.Ordinal),
            StringComparer.Ordinal);
        return new PolicyFile($"what {Path.GetFileName(path)} shows", Frozen(policy));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, double>> Frozen(Dictionary<string, Dictionary<string, double>> policy) =>
        policy.ToDictionary(entry => entry.Key, entry => (IReadOnlyDictionary<string, double>)entry.Value, StringComparer.Ordinal);
}
