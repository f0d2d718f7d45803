using RecoService.Lab.Evaluating;

namespace RecoService.Engine.Tests.Evaluation;

public sealed class TimeBudgetTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("0.5", 0.5)]
    [InlineData("00:01:30", 90)]
    [InlineData("1.00:00:00", 86_400)]
    public void Read_SecondsOrATimeSpan_IsABudget(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), TimeBudget.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("-00:01:00")]
    [InlineData("31.00:00:00")]
    [InlineData("1e300")]
    [InlineData("9999999999999999")]
    public void Read_AnythingElse_IsNone(string text) => Assert.Null(TimeBudget.Read(text));
}
