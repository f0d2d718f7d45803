using RecoService.Engine.Algorithms.Ease;
using RecoService.Engine.Data;
using RecoService.Engine.Training;

namespace RecoService.Engine.Tests.Training;

public sealed class TrainingMemoryTests
{
    [Fact]
    public void Claim_WithinTheBound_Passes() => new TrainingMemory(64L << 20).Claim(32 << 20);

    [Fact]
    public void Claim_BeyondTheBound_SaysWhatToDo()
    {
        var exception = Assert.Throws<TrainingException>(() => new TrainingMemory(64L << 20).Claim(1L << 40));

        Assert.Contains("more than the 64 MiB", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForEachBlock_WorkThatHoldsTooMuch_EndsTheTraining()
    {
        var context = new TrainingContext(memory: new TrainingMemory(256L << 20));
        var held = new List<byte[]>();

        Assert.Throws<TrainingException>(() => context.ForEachBlock(1_000, _ => held.Add(new byte[8 << 20])));

        Assert.InRange(held.Count, 1, 200);
        Assert.Throws<TrainingException>(() => context.Part("part", 0, 1).Report("x", 0));
        GC.KeepAlive(held);
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
        var context = new TrainingContext(memory: new TrainingMemory(100L << 20));
        Assert.Throws<TrainingException>(() => new EaseTrainer(new EaseOptions()).Train(builder.Build(), context));
    }
}
