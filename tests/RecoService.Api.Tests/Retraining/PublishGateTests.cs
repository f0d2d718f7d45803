using RecoService.Api.Retraining;
using RecoService.Api.Settings;

namespace RecoService.Api.Tests.Retraining;

public sealed class PublishGateTests
{
    private static readonly PublishGate Gate = new(new RetrainingSettings());

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, true)]
    [InlineData(1, 300, false)]
    [InlineData(5, 300, false)]
    [InlineData(149, 300, false)]
    [InlineData(150, 300, true)]
    [InlineData(199, 1_000_000, false)]
    [InlineData(200, 1_000_000, true)]
    public void HoldOf_JudgedUsers_MustBeComparableToThoseOfTheServedModel(int judged, int served, bool mayPublish)
    {
        var reason = Gate.HoldOf(Measured(judged), served);

        Assert.Equal(mayPublish, reason is null);
        if (reason is not null)
            Assert.Contains($"{served} users judged the model that is served", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void HoldOf_Nobody_SaysSo() => Assert.StartsWith("Nobody could judge it", Gate.HoldOf(Measured(0), 10), StringComparison.Ordinal);

    private static RunMetrics Measured(int judgedUsers) => new(10, 0, 0, judgedUsers, 0, null, null, null, null, null, null, null);
}
