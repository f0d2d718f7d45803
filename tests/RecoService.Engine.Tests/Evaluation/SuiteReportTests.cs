using System.Text.Json;
using RecoService.Lab.Evaluating;

namespace RecoService.Engine.Tests.Evaluation;

/// <summary>The page that holds auto against published figures.</summary>
public sealed class SuiteReportTests
{
    [Theory]
    [InlineData(0.31, 0.33, "beaten")]
    [InlineData(0.29, 0.33, "equal")]
    [InlineData(0.25, 0.29, "below")]
    public void Of_Lists_HoldsTheIntervalAgainstTheBestPublished(double low, double high, string verdict)
    {
        var row = SuiteRow.Of("some", Part(higherIsBetter: true, low, high, 0.10, 0.30, 0.20));

        Assert.Equal((0.10, 0.20, 0.30, verdict, "auto (ease)"), (row.Floor, row.Good, row.Beat, row.Verdict, row.Picked));
    }

    [Theory]
    [InlineData(0.85, 0.89, "beaten")]
    [InlineData(0.91, 0.93, "below")]
    public void Of_Errors_TheLowestIsTheBest(double low, double high, string verdict)
    {
        var row = SuiteRow.Of("some", Part(higherIsBetter: false, low, high, 0.95, 0.90, 1.2));

        Assert.Equal((1.2, 0.90, verdict), (row.Floor, row.Beat, row.Verdict));
    }

    [Fact]
    public void Of_NothingPublished_HoldsItAgainstPopularity()
    {
        var row = SuiteRow.Of("some", Part(higherIsBetter: true, 0.2, 0.3));

        Assert.Equal((0.1, null, null, "beaten"), (row.Floor, row.Good, row.Beat, row.Verdict));
        Assert.Equal("not there; popularity is beaten", SuiteGrid.Of(new SuiteReport(1, 1, [row], [])).Rows[0][^1]);
    }

    [Fact]
    public void Of_AutoThatFailed_SaysSo()
    {
        var part = Part(higherIsBetter: true, 0.2, 0.3);
        var failed = part with { Rows = [part.Rows[0], part.Rows[1] with { Recommender = "auto", Failure = "It cannot.", Values = null, Interval = null }] };

        Assert.Equal(("failed", null), (SuiteRow.Of("some", failed).Verdict, SuiteRow.Of("some", failed).Picked));
    }

    private static PartReport Part(bool higherIsBetter, double low, double high, params double[] published)
    {
        RowReport Row(string name, double value) => new(name, default(JsonElement), null, new Dictionary<string, double?> { ["x"] = value }, 1, 1, null, null);
        return new PartReport(
            "part", new DataFigures(1, 1, 1, 1, 1, 100), new ProtocolFigures("topn", [10], null, null, null), "x", higherIsBetter,
            [Row("popularity", 0.1), Row("auto (ease)", (low + high) / 2) with { Interval = new IntervalReport(low, high) }],
            [.. published.Select((value, position) => new PublishedReport($"paper {position}", new Dictionary<string, double> { ["x"] = value }))], null);
    }
}
