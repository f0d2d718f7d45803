using System.Diagnostics.Metrics;
using RecoService.Storage;

namespace RecoService.Api.Telemetry;

/// <summary>What the service counts as it happens, under the meter <c>RecoService</c>.</summary>
internal sealed class RecoMetrics : IDisposable
{
    public const string MeterName = "RecoService";

    private readonly Meter meter;
    private readonly Counter<long> runs;
    private readonly Histogram<double> runSeconds;
    private readonly Counter<long> lists;
    private readonly Counter<long> interactions;

    public RecoMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        runs = meter.CreateCounter<long>("reco.runs", "{run}", "Model runs by outcome.");
        runSeconds = meter.CreateHistogram<double>("reco.run.duration", "s", "How long model runs took.");
        lists = meter.CreateCounter<long>("reco.recommendations", "{list}", "Lists served.");
        interactions = meter.CreateCounter<long>("reco.interactions.accepted", "{interaction}", "Interactions stored through the API.");
    }

    public void RunFinished(RunOutcome outcome, TimeSpan elapsed)
    {
        var tag = new KeyValuePair<string, object?>("outcome", outcome.ToWord());
        runs.Add(1, tag);
        runSeconds.Record(elapsed.TotalSeconds, tag);
    }

    public void ListServed() => lists.Add(1);

    public void ListsServed(int count) => lists.Add(count);

    public void InteractionsAccepted(int count) => interactions.Add(count);

    public void Dispose() => meter.Dispose();
}
