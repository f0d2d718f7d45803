using System.Threading.Channels;
using RecoService.Api.Settings;
using RecoService.Storage;

namespace RecoService.Api.Retraining;

/// <summary>Starts model runs, whoever asks: the schedule, an operator, the start of the service. One runs at a time, across all replicas.</summary>
internal sealed class RetrainTrigger(RunLog runs, RetrainingSettings settings)
{
    private readonly Channel<ModelRun> started = Channel.CreateUnbounded<ModelRun>();
    private readonly Lock gate = new();
    private (long RunId, CancellationTokenSource Source, RunProgress Progress)? running;

    public ChannelReader<ModelRun> Started => started.Reader;

    /// <summary>Whether this process has started a run yet.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Takes the lease and queues the run of a plan; null when another run holds it.</summary>
    public Task<ModelRun?> TryStartAsync(string trigger, bool force, CancellationToken cancellationToken, string plan = ModelRun.DefaultPlan) =>
        TryStartAsync(trigger, force, plan, modelVersion: null, cancellationToken);

    /// <summary>The same of a run that judges a stored model.</summary>
    public Task<ModelRun?> TryJudgeAsync(int modelVersion, CancellationToken cancellationToken) => TryStartAsync("manual", force: false, ModelRun.JudgePlan, modelVersion, cancellationToken);

    private async Task<ModelRun?> TryStartAsync(string trigger, bool force, string plan, int? modelVersion, CancellationToken cancellationToken)
    {
        var run = await runs.TryStartAsync(ProcessIdentity.Current, trigger, force, settings.Lease, cancellationToken, plan, modelVersion);
        if (run is not null)
        {
            HasStarted = true;
            await started.Writer.WriteAsync(run, CancellationToken.None);
        }

        return run;
    }

    /// <summary>Asks a run to stop, here or on another replica. False when it is not running.</summary>
    public async Task<bool> RequestCancelAsync(long runId, CancellationToken cancellationToken)
    {
        if (!await runs.RequestCancelAsync(runId, cancellationToken))
            return false;
        lock (gate)
        {
            if (running is { } mine && mine.RunId == runId)
                mine.Source.Cancel();
        }

        return true;
    }

    /// <summary>Names what cancels a run and tells its progress, while it is under way here.</summary>
    public IDisposable Register(long runId, CancellationTokenSource source, RunProgress progress)
    {
        lock (gate)
            running = (runId, source, progress);
        return new Registration(this);
    }

    /// <summary>The run with the progress of this moment when it is under way here; as it stands in the log otherwise.</summary>
    public ModelRun WithProgress(ModelRun run)
    {
        lock (gate)
        {
            return run.Outcome is null && running is { } mine && mine.RunId == run.Id
                ? run with { Stage = mine.Progress.Current.Stage, Progress = mine.Progress.Current.Fraction }
                : run;
        }
    }

    private sealed class Registration(RetrainTrigger trigger) : IDisposable
    {
        public void Dispose()
        {
            lock (trigger.gate)
                trigger.running = null;
        }
    }
}
