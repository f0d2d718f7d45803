using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Computing;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class TrainingMemoryTests
{
    private const long Mebibyte = 1 << 20;

    private long held = 500 * Mebibyte;

    [Fact]
    public void Claim_UpToTheBound_Passes()
    {
        var memory = Memory(64);
        held += 24 * Mebibyte;

        memory.Claim(40 * Mebibyte);
        memory.Claim();
    }

    [Theory]
    [InlineData(0, 65)]
    [InlineData(24, 41)]
    [InlineData(65, 0)]
    public void Claim_BeyondTheBound_SaysHowMuchAndWhatToDo(long taken, long claimed)
    {
        var memory = Memory(64);
        held += taken * Mebibyte;

        var exception = Assert.Throws<TrainingException>(() => memory.Claim(claimed * Mebibyte));

        Assert.Contains("more than the 64 MiB that it may take (65 MiB); raise the limit", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Peak_IsTheMostThatWasHeldOrClaimedSinceItBegan()
    {
        var memory = Memory(64);
        held += 30 * Mebibyte;
        memory.Claim();
        memory.BeginPeak();
        Assert.Equal(0, memory.Peak);

        held += 10 * Mebibyte;
        memory.Claim(12 * Mebibyte);
        held -= 35 * Mebibyte;
        memory.Claim(2 * Mebibyte);

        Assert.Equal(22 * Mebibyte, memory.Peak);
        Assert.False(memory.IsHalfTaken);
        held += 30 * Mebibyte;
        Assert.True(memory.IsHalfTaken);
    }

    [Fact]
    public void Claim_WithoutABound_NeverThrows() => new TrainingMemory(long.MaxValue, () => held).Claim(long.MaxValue / 2);

    [Fact]
    public void Claim_OfTheProcessItself_Counts()
    {
        var memory = new TrainingMemory(TrainingMemory.DefaultLimit);

        memory.Claim();
        Assert.Throws<TrainingException>(() => memory.Claim(long.MaxValue / 2));
    }

    [Fact]
    public void ForEachBlock_WorkThatHoldsTooMuch_EndsTheTraining()
    {
        var context = new TrainingContext(memory: Memory(256));
        var blocks = 0;

        Assert.Throws<TrainingException>(() => context.ForEachBlock(1_000, _ =>
        {
            blocks++;
            held += 8 * Mebibyte;
        }));

        Assert.Equal(33, blocks);
        Assert.Throws<TrainingException>(() => context.Part("part", 0, 1).Report("x", 0));
    }

    [Fact]
    public void Train_MatrixLargerThanTheBound_FailsBeforeItIsAllocated()
    {
        var builder = new InteractionDatasetBuilder(InteractionKinds.Default);
        for (var item = 0; item < 8_000; item++)
        {
            builder.Add(item / 4, item, Datasets.Purchase, 0, item);
            builder.Add(item / 4, (item + 1) % 8_000, Datasets.Purchase, 0, item);
        }

        // Half of 8,000 x 8,000 floats are 122 MiB.
        Assert.Throws<TrainingException>(() => new EaseTrainer(new EaseOptions()).Train(builder.Build(), new TrainingContext(memory: Memory(100))));
    }

    private TrainingMemory Memory(long mebibytes) => new(mebibytes * Mebibyte, () => held);
}
