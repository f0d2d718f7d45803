using System.Globalization;
using RecoService.Engine.Evaluation.OffPolicy;
using RecoService.Lab.OffPolicy;
using Spectre.Console;

namespace RecoService.Lab.Evaluating;

/// <summary>Evaluates a policy by rounds that another one logged; see <see cref="OffPolicyEvaluator"/>.</summary>
/// <param name="policyFile">Probabilities of actions; null: the rounds have them.</param>
/// <param name="policyLog">Another log, whose policy is evaluated; null: it is not.</param>
/// <param name="progress">Where the progress goes.</param>
internal sealed class OffPolicyRun(string? policyFile, string? policyLog, IAnsiConsole progress)
{
    /// <summary>With fewer effective rounds an interval is no more than a guess.</summary>
    private const int FewRounds = 200;

    /// <summary>Reads the rounds and estimates.</summary>
    /// <param name="arguments">Which file; nothing else may be said of data.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="EvaluationArgumentException">The arguments contradict each other.</exception>
    /// <exception cref="InvalidDataException">A file cannot be understood, or nothing can be estimated.</exception>
    public OffPolicyReport Measure(EvaluationArguments arguments, CancellationToken cancellationToken)
    {
        if (arguments.File is not { } path || arguments.Preset is not null || arguments.TrainFile is not null || arguments.TestFile is not null)
            throw new EvaluationArgumentException("--protocol off-policy reads logged rounds: give --file ROUNDS.csv, and no preset, no --train and no --test.");
        if (arguments.Split is not null || arguments.At is not null || arguments.HasProtocol || arguments.KnownFile is not null || arguments.Columns is not null || arguments.MinRating is not null)
            throw new EvaluationArgumentException("--protocol off-policy trains nothing: --split, --at, --repeats, --candidates, --negatives, --ideal-dcg, --ties, --known, --columns and --min-rating are not for it.");
        if (policyFile is not null && policyLog is not null)
            throw new EvaluationArgumentException("One policy is evaluated: give --policy or --policy-log.");

        OffPolicyReport? report = null;
        progress.Progress().AutoClear(true).HideCompleted(false).Start(bars =>
        {
            var bar = bars.AddTask("reading rounds");
            var file = RoundFile.Read(path);
            var otherLog = policyLog is null ? null : RoundFile.Read(policyLog);
            var policy = policyFile is not null ? PolicyFile.Read(policyFile) : otherLog is not null ? PolicyFile.OfLog(policyLog!, otherLog) : null;
            var rounds = RoundBuilder.Build(file, policy);
            bar.Value = 20;
            bar.Description = "fitting the reward model";
            var result = OffPolicyEvaluator.Evaluate(rounds, new OffPolicyOptions(Seed: arguments.Seed), done => bar.Value = 20 + (80 * done), cancellationToken);
            report = ReportOf(path, arguments.Seed, policy, rounds, result, file, otherLog);
        });
        return report!;
    }

    private static OffPolicyReport ReportOf(string path, int seed, PolicyFile? policy, LoggedRounds rounds, OffPolicyResult result, RoundFile file, RoundFile? otherLog)
    {
        List<OffPolicyRow> rows = [OffPolicyRow.Of(result.Logged, "what was logged", isLog: true), .. result.Values.Select(value => OffPolicyRow.Of(value))];
        if (otherLog is not null)
        {
            var own = OffPolicyEvaluator.Evaluate(RoundBuilder.Build(otherLog with { Rounds = [.. otherLog.Rounds.Select(round => round with { Probability = round.Propensity, Probabilities = null })] }, null));
            rows.Add(OffPolicyRow.Of(own.Logged, "what the policy's own log earned", isLog: true));
        }

        return new OffPolicyReport(
            Path.GetFileName(path), policy?.Name ?? "the policy of its probabilities", seed, rounds.Count, rounds.ActionCount, rounds.FeatureCount, result.EffectiveSampleSize, result.MeanWeight,
            result.LargestWeight, result.SwitchAt, rows, [.. NotesOf(rounds, result, file, policy)]);
    }

    private static IEnumerable<string> NotesOf(LoggedRounds rounds, OffPolicyResult result, RoundFile file, PolicyFile? policy)
    {
        if (Math.Abs(result.MeanWeight - 1) > 4 * result.MeanWeightError)
            yield return Text($"The mean weight is {result.MeanWeight:0.000} +- {result.MeanWeightError:0.000} and should be 1: propensities are wrong, or the policy shows what the log never does. Trust no figure above.");
        if (result.EffectiveSampleSize < FewRounds)
            yield return Text($"The log is worth {result.EffectiveSampleSize:0} rounds of the policy's own; with fewer than {FewRounds} the intervals are guesses.");
        if (!rounds.Target.KnowsAllActions)
            yield return "DM, DR and switch-DR need the probability of every action: columns probability:ACTION, --policy or --policy-log.";
        else
            yield return "The intervals of DM and switch-DR leave out the errors of the reward model, so they are too narrow; IPS, SNIPS and DR decide.";
        if (policy is not null && file.Rounds.Any(round => round.Probability is not null || round.Probabilities is not null))
            yield return $"The probabilities of the rounds are not used: the policy is {policy.Name}.";
        if (file.PassedOver.Count > 0)
            yield return $"{file.PassedOver.Count} columns are passed over: {string.Join(", ", file.PassedOver.Take(5))}{(file.PassedOver.Count > 5 ? ", ..." : "")}. Numbers to learn from are called context:NAME.";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
