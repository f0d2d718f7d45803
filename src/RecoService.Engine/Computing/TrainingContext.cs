using System.Runtime.ExceptionServices;
using RecoService.Engine.Training;

namespace RecoService.Engine.Computing;

/// <summary>What one training run is given beside its data: threads, seed, progress and cancellation.</summary>
/// <param name="threads">How many threads may compute at once, at least 1.</param>
/// <param name="seed">The same seed and thread count give the same model.</param>
/// <param name="progress">Told from training threads; null when nobody listens.</param>
/// <param name="cancellationToken">Ends the training with <see cref="OperationCanceledException"/>.</param>
/// <param name="memory">What the training may take; null when there is no bound.</param>
public sealed class TrainingContext(
    int threads = 1, int seed = 42, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default, TrainingMemory? memory = null)
{
    /// <summary>The <see cref="Device"/> that every machine has.</summary>
    public const string Processor = "cpu";

    public int Threads { get; } = threads >= 1 ? threads : throw new ArgumentOutOfRangeException(nameof(threads), threads, "Training needs at least one thread.");

    public int Seed { get; } = seed;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public TrainingMemory? Memory { get; } = memory;

    /// <summary>Where to compute, as <c>cpu</c> or <c>cuda:0</c>. The trainers of the engine compute on the processor; those of worker programs are told.</summary>
    public string Device { get; init; } = Processor;

    /// <summary>What the run has made so far; the same for all its parts.</summary>
    public RunMemo Memo { get; private init; } = new();

    /// <summary>What an operator should know of the run; the same for all its parts.</summary>
    public TrainingNotes Notes { get; private init; } = new();

    /// <summary>The context of a part of the work, whose 0..1 is <paramref name="from"/>..<paramref name="to"/> of the whole.</summary>
    /// <param name="stage">What the part is, said in front of its own stages.</param>
    /// <param name="from">0..1.</param>
    /// <param name="to">0..1, not below <paramref name="from"/>.</param>
    public TrainingContext Part(string stage, double from, double to) => new(Threads, Seed, new PartProgress(this, stage, from, to), CancellationToken, Memory) { Device = Device, Memo = Memo, Notes = Notes };

    /// <summary>A context of the same threads, seed and memo with bounds of its own, which tells nobody of its progress.</summary>
    /// <param name="memory">What it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="device">Where to compute.</param>
    public TrainingContext For(TrainingMemory memory, CancellationToken cancellationToken, string device) => new(Threads, Seed, null, cancellationToken, memory) { Device = device, Memo = Memo };

    /// <exception cref="TrainingException">More memory is taken than may be.</exception>
    public void Report(string stage, double fraction)
    {
        Memory?.Claim();
        progress?.Report(new TrainingProgress(stage, fraction));
    }

    /// <summary>Runs <paramref name="body"/> once per block 0..count-1, up to <see cref="Threads"/> at a time, on threads of its own so that
    /// training never occupies the thread pool that answers requests. Blocks are handed out in order; which thread runs a block must not matter to the result.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled; blocks under way are finished first.</exception>
    /// <exception cref="TrainingException">More memory is taken than may be.</exception>
    public void ForEachBlock(int count, Action<int> body)
    {
        CancellationToken.ThrowIfCancellationRequested();
        var next = -1;
        ExceptionDispatchInfo? failure = null;

        void Work()
        {
            try
            {
                while (failure is null && !CancellationToken.IsCancellationRequested)
                {
                    var block = Interlocked.Increment(ref next);
                    if (block >= count)
                        return;
                    Memory?.Claim();
                    body(block);
                }
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
            }
        }

        var helpers = new Thread[Math.Min(Threads, count) is > 1 and var wanted ? wanted - 1 : 0];
        for (var index = 0; index < helpers.Length; index++)
        {
            helpers[index] = new Thread(Work) { IsBackground = true, Name = "training" };
            helpers[index].Start();
        }

        Work();
        foreach (var helper in helpers)
            helper.Join();

        failure?.Throw();
        CancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class PartProgress(TrainingContext whole, string stage, double from, double to) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => whole.Report($"{stage}: {value.Stage}", from + ((to - from) * value.Fraction));
    }
}
