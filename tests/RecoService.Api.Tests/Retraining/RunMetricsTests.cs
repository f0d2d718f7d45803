using RecoService.Api.Retraining;

namespace RecoService.Api.Tests.Retraining;

public sealed class RunMetricsTests
{
    private static readonly RunMetrics Metrics = new(
        10, 900, 100, 40, 3, new ModelMetrics("implicit-als", 0.3, 0.2, 0.1, 0.15, 0.25, 0.6, 0.5), null, null, null, new DifferenceMetrics(0.01, -0.02, 0.04, 40), new RefitMetrics(0.5, 0.9), null)
    {
        HoldoutSince = new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero),
        LeftOut = new Dictionary<string, string> { ["ease"] = "It needs more memory." },
        Notes = ["slim: there are many items."],
    };

    [Fact]
    public void Read_OfWhatWasWritten_GivesItBack()
    {
        var read = RunMetrics.Read(Metrics.ToJson())!;

        Assert.Equal(Metrics.ToJson(), read.ToJson());
        Assert.Equal(["slim: there are many items."], read.Notes!);
        Assert.Equal((40, "implicit-als", 0.04, "It needs more memory."), (read.JudgedUsers, read.Candidate!.Trainer, read.VersusCurrent!.High, read.LeftOut!["ease"]));
    }

    [Fact]
    public void Read_WithoutMetrics_GivesNone() => Assert.Null(RunMetrics.Read(null));

    [Theory]
    [InlineData("""{"judgedUsers":7}""", 7)]
    [InlineData("""{"judgedUsers":7,"ofALaterVersion":{"any":[1]}}""", 7)]
    [InlineData("""{"judgedUsers":7,"candidate":{"trainer":"bpr","ndcg":0.1,"novelty":2}}""", 7)]
    public void Read_OfARowOfAnotherVersion_GivesWhatItKnows(string json, int judged) => Assert.Equal(judged, RunMetrics.Read(json)!.JudgedUsers);
}
