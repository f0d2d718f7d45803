using RecoService.Engine.Computing;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class TrainingContextTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 10)]
    [InlineData(4, 3)]
    [InlineData(4, 1000)]
    public void ForEachBlock_AnyThreads_RunsEveryBlockOnce(int threads, int count)
    {
        var runs = new int[count];
        new TrainingContext(threads).ForEachBlock(count, block => Interlocked.Increment(ref runs[block]));
        Assert.All(runs, times => Assert.Equal(1, times));
    }

    [Fact]
    public void ForEachBlock_ABlockFails_ThrowsItsException()
    {
        var context = new TrainingContext(3);
        Assert.Throws<TrainingException>(() => context.ForEachBlock(100, block =>
        {
            if (block == 50)
                throw new TrainingException("No.");
        }));
    }

    [Fact]
    public void ForEachBlock_Cancelled_StopsEarlyAndThrows()
    {
        using var cancellation = new CancellationTokenSource();
        var ran = 0;
        var context = new TrainingContext(2, cancellationToken: cancellation.Token);
        Assert.Throws<OperationCanceledException>(() => context.ForEachBlock(1000, _ =>
        {
            if (Interlocked.Increment(ref ran) == 10)
                cancellation.Cancel();
        }));
        Assert.InRange(ran, 10, 999);
    }

    [Fact]
    public void Notes_OfAPart_AreThoseOfTheWholeAndStandOnce()
    {
        var context = new TrainingContext();
        Assert.Empty(context.Notes.Texts);

        context.Notes.Add("one");
        context.Part("half", 0, 0.5).Notes.Add("two");
        context.Part("other half", 0.5, 1).Notes.Add("one");

        Assert.Equal(["one", "two"], context.Notes.Texts);
    }

    [Fact]
    public void Constructor_NoThreads_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new TrainingContext(0));
}
