using Microsoft.Extensions.Time.Testing;
using RecoService.Api.Http;

namespace RecoService.Api.Tests.Http;

public sealed class LogBudgetTests
{
    [Fact]
    public void TryTake_MoreThanAMinuteMay_RefusesTheRestUntilTheNext()
    {
        var clock = new FakeTimeProvider();
        var budget = new LogBudget(3, clock);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => budget.TryTake()));
        Assert.Equal(0, budget.TakeLeftOut());
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(budget.TryTake());

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, budget.TakeLeftOut());
        Assert.Equal(0, budget.TakeLeftOut());
        Assert.True(budget.TryTake());
    }

    [Fact]
    public void TakeLeftOut_AfterSeveralMinutes_AddsThemUp()
    {
        var clock = new FakeTimeProvider();
        var budget = new LogBudget(0, clock);
        for (var minute = 0; minute < 3; minute++)
        {
            Assert.False(budget.TryTake());
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(3, budget.TakeLeftOut());
    }

    [Fact]
    public void TryTake_FromManyThreads_LetsThroughAndCountsExactly()
    {
        var clock = new FakeTimeProvider();
        var budget = new LogBudget(100, clock);
        var taken = 0;

        Parallel.For(0, 10_000, _ =>
        {
            if (budget.TryTake())
                Interlocked.Increment(ref taken);
        });

        Assert.Equal(100, taken);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(9_900, budget.TakeLeftOut());
    }
}
