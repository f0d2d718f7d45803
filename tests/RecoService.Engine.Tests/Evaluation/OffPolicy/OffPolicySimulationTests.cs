using System.Globalization;
using RecoService.Engine.Evaluation.OffPolicy;

namespace RecoService.Engine.Tests.Evaluation.OffPolicy;

/// <summary>Against the known truth of <see cref="SimulatedLog"/>; docs/experiments.md has what these tests print.</summary>
public sealed class OffPolicySimulationTests(ITestOutputHelper output)
{
    /// <summary>1,000 logs of 1,000 rounds with ten actions. In at least 93% of them the truth is inside the interval of IPS, SNIPS and DR, and DR's is the narrowest of the three.</summary>
    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    public void Evaluate_ManyLogs_HoldsTheTruthAsOftenAsItSays(double sharpness)
    {
        const int logs = 1000;
        const int rounds = 1000;
        var shop = new SimulatedLog(actionCount: 10, sharpness);
        var truth = shop.Truth(200_000);
        var tallies = new Dictionary<string, (int Held, int PlainHeld, double Width, double Error)>(StringComparer.Ordinal);
        var (effective, largest) = (0.0, 0.0);
        for (var log = 0; log < logs; log++)
        {
            var result = OffPolicyEvaluator.Evaluate(shop.Rounds(rounds, log));
            (effective, largest) = (effective + (result.EffectiveSampleSize / logs), largest + (result.LargestWeight / logs));
            foreach (var value in result.Values)
            {
                var tally = tallies.GetValueOrDefault(value.Estimator);
                tallies[value.Estimator] = (
                    tally.Held + (truth >= value.Interval.Low && truth <= value.Interval.High ? 1 : 0),
                    tally.PlainHeld + (Math.Abs(value.Value - truth) <= 1.96 * value.StandardError ? 1 : 0),
                    tally.Width + ((value.Interval.High - value.Interval.Low) / logs),
                    tally.Error + ((value.Value - truth) * (value.Value - truth) / logs));
            }
        }

        output.WriteLine(Text($"sharpness {sharpness:0.0}: truth {truth:0.0000}, effective sample size {effective:0} of {rounds}, largest weight {largest:0.0}"));
        foreach (var (estimator, tally) in tallies)
            output.WriteLine(Text($"{estimator}: in {100.0 * tally.Held / logs:0.0}% (plain normal {100.0 * tally.PlainHeld / logs:0.0}%), width {tally.Width:0.0000}, RMSE {Math.Sqrt(tally.Error):0.0000}"));
        foreach (var estimator in (string[])[OffPolicyEvaluator.Ips, OffPolicyEvaluator.Snips, OffPolicyEvaluator.DoublyRobust])
            Assert.InRange(tallies[estimator].Held, 0.93 * logs, 0.98 * logs);
        Assert.InRange(tallies[OffPolicyEvaluator.DoublyRobust].Width, 0, tallies[OffPolicyEvaluator.Snips].Width);
        Assert.InRange(tallies[OffPolicyEvaluator.Snips].Width, 0, tallies[OffPolicyEvaluator.Ips].Width);
    }

    /// <summary>Logs whose propensities are wrong give themselves away by the mean weight.</summary>
    [Fact]
    public void Evaluate_OfWrongPropensities_HasAMeanWeightThatIsNotOne()
    {
        var shop = new SimulatedLog(actionCount: 5, sharpness: 1);
        var right = shop.Rounds(5000, 0);
        var wrong = new LoggedRounds(5, right.Actions.ToArray(), right.Rewards.ToArray(), [.. Enumerable.Repeat(0.2, right.Count)], right.Target);

        var (good, bad) = (OffPolicyEvaluator.Evaluate(right), OffPolicyEvaluator.Evaluate(wrong));

        Assert.InRange(Math.Abs(good.MeanWeight - 1), 0, 3 * good.MeanWeightError);
        Assert.InRange(Math.Abs(bad.MeanWeight - 1), 4 * bad.MeanWeightError, 1);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
