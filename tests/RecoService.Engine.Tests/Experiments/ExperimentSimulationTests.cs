using System.Globalization;
using RecoService.Engine.Experiments;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Tests.Experiments;

/// <summary>Whole experiments, simulated user by user and looked at every day; docs/experiments.md has what they print.</summary>
public sealed class ExperimentSimulationTests(ITestOutputHelper output)
{
    /// <summary>
    /// 2,000 experiments without any effect, of 100 new users a day in each arm for 60 days. One user in ten spends, exponentially. The always-valid interval leaves 0 in at most 5% of them over
    /// all looks; who looks every day at the t test and stops when it is significant is wrong in several times as many.
    /// </summary>
    [Fact]
    public void AA_LookedAtEveryDay_RarelyLeavesTheInterval()
    {
        const int runs = 2000;
        const int days = 60;
        const int users = 100;
        var (sequence, peeking, atTheEnd) = (0, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            var random = new SeededRandom(2026, run);
            var (control, variant) = (default(Moments), default(Moments));
            var (left, stopped, last) = (false, false, false);
            for (var day = 0; day < days; day++)
            {
                control += Spending(ref random, users);
                variant += Spending(ref random, users);
                var effect = Effect.Absolute(ArmEstimate.Mean(control), ArmEstimate.Mean(variant));
                left |= effect.AlwaysValid().ExcludesZero;
                last = effect.FixedHorizon().ExcludesZero;
                stopped |= last;
            }

            (sequence, peeking, atTheEnd) = (sequence + (left ? 1 : 0), peeking + (stopped ? 1 : 0), atTheEnd + (last ? 1 : 0));
        }

        output.WriteLine(Text($"A/A, {runs} experiments, {days} daily looks: always-valid wrong in {100.0 * sequence / runs:0.0}%, t test at every look {100.0 * peeking / runs:0.0}%, t test once at the end {100.0 * atTheEnd / runs:0.0}%"));
        Assert.InRange(sequence, 1, 0.05 * runs);
        Assert.InRange(peeking, 0.25 * runs, 0.5 * runs);
        Assert.InRange(atTheEnd, 0.04 * runs, 0.06 * runs);
    }

    /// <summary>The vector: 20 looks of 250 users; a z test looked at each time is wrong in about 26%, the sequence in about 1.5%.</summary>
    [Fact]
    public void AA_OfTwentyLooks_IsWrongAsOftenAsKnown()
    {
        const int runs = 4000;
        var (sequence, peeking) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            var random = new SeededRandom(17, run);
            var (left, stopped) = (false, false);
            var (control, variant) = (default(Moments), default(Moments));
            for (var look = 0; look < 20; look++)
            {
                control += Converting(ref random, 125, 0.5);
                variant += Converting(ref random, 125, 0.5);
                var effect = Effect.Absolute(ArmEstimate.Mean(control), ArmEstimate.Mean(variant));
                left |= effect.AlwaysValid().ExcludesZero;
                stopped |= effect.FixedHorizon().ExcludesZero;
            }

            (sequence, peeking) = (sequence + (left ? 1 : 0), peeking + (stopped ? 1 : 0));
        }

        Assert.Equal(0.26, (double)peeking / runs, 0.02);
        Assert.Equal(0.015, (double)sequence / runs, 0.007);
    }

    /// <summary>
    /// 500 experiments on a conversion rate of 20% that the variant lifts by 5%. The plan knows the control's rate and the lift alone. Within the days that it predicts, the interval
    /// excludes 0 in at least 80% of them.
    /// </summary>
    [Fact]
    public void AB_OfATrueLift_IsCalledWithinThePredictedDuration()
    {
        const int runs = 500;
        const double rate = 0.2;
        const double lift = 0.05;
        const int usersPerDay = 2500;
        var plan = new SampleSize();
        var planned = plan.AlwaysValid(rate * (1 - rate), rate * lift);
        var predicted = (int)SampleSize.Days(planned, usersPerDay);
        var calledOn = new List<int>();
        for (var run = 0; run < runs; run++)
        {
            var random = new SeededRandom(99, run);
            var (control, variant) = (default(Moments), default(Moments));
            for (var day = 1; day <= predicted; day++)
            {
                control += Converting(ref random, usersPerDay / 2, rate);
                variant += Converting(ref random, usersPerDay / 2, rate * (1 + lift));
                var test = Effect.Absolute(ArmEstimate.Mean(control), ArmEstimate.Mean(variant)).AlwaysValid(planned);
                if (!test.ExcludesZero)
                    continue;
                Assert.InRange(test.Low, 0, 1);
                calledOn.Add(day);
                break;
            }
        }

        calledOn.Sort();
        var fixedDays = SampleSize.Days(plan.FixedHorizon(rate * (1 - rate), rate * lift), usersPerDay);
        output.WriteLine(Text($"A/B, {runs} experiments, a lift of 5% on 20%: {planned} users, {predicted} days predicted ({fixedDays:0} for one look); called in {100.0 * calledOn.Count / runs:0.0}%, half of the calls by day {calledOn[calledOn.Count / 2]}"));
        Assert.InRange(calledOn.Count, 0.8 * runs, runs);
    }

    private static Moments Spending(ref SeededRandom random, int users)
    {
        var (sum, squares) = (0.0, 0.0);
        for (var user = 0; user < users; user++)
        {
            var draw = random.NextDouble();
            if (draw >= 0.1)
                continue;
            var value = -20 * Math.Log(1 - (draw / 0.1));
            (sum, squares) = (sum + value, squares + (value * value));
        }

        return new Moments(users, sum, squares);
    }

    private static Moments Converting(ref SeededRandom random, int users, double rate)
    {
        var converted = 0;
        for (var user = 0; user < users; user++)
            converted += random.NextDouble() < rate ? 1 : 0;
        return new Moments(users, converted, converted);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
