using System.Diagnostics.Metrics;
using RecoService.Api.Serving;
using RecoService.Storage;

namespace RecoService.Api.Status;

/// <summary>The instruments of the service, under the meter <c>RecoService</c>.</summary>
internal sealed class RecoMetrics : IDisposable
{
    public const string MeterName = "RecoService";

    private readonly Meter meter;
    private readonly Counter<long> runs;
    private readonly Histogram<double> runSeconds;
    private readonly Counter<long> lists;
    private readonly Counter<long> interactions;

    public RecoMetrics(IMeterFactory meters, SnapshotHost host, IServiceProvider services, StoreFacts facts, TimeProvider time)
    {
        meter = meters.Create(MeterName);
        runs = meter.CreateCounter<long>("reco.runs", "{run}", "Model runs by outcome.");
        runSeconds = meter.CreateHistogram<double>("reco.run.duration", "s", "How long model runs took.");
        lists = meter.CreateCounter<long>("reco.recommendations", "{list}", "Lists served.");
        interactions = meter.CreateCounter<long>("reco.interactions.accepted", "{interaction}", "Interactions stored through the API.");
        meter.CreateObservableGauge("reco.model.version", () => host.Current?.State.ModelVersion ?? 0, "{version}", "Served model version, 0 before the first.");
        meter.CreateObservableGauge("reco.model.age", () => AgeOf(host, time), "s", "Time since the served model was published.");
        meter.CreateObservableGauge("reco.live.lag", () => services.GetRequiredService<SnapshotPublisher>().Lag.TotalSeconds, "s", "Time since all committed changes were known here.");
        meter.CreateObservableCounter("reco.impressions.dropped", () => services.GetRequiredService<ImpressionWriter>().Dropped, "{impression}", "Impressions that were not written.");
        meter.CreateObservableGauge("reco.users", () => facts.LastCounts.Users, "{user}", "Users in the store.");
        meter.CreateObservableGauge("reco.items", () => facts.LastCounts.Items, "{item}", "Items in the store.");
        meter.CreateObservableGauge("reco.interactions", () => facts.LastCounts.Interactions + facts.LastCounts.Ratings, "{interaction}", "Interactions in the store, ratings included.");
    }

    public void RunFinished(string outcome, TimeSpan elapsed)
    {
        runs.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        runSeconds.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void ListServed() => lists.Add(1);

    public void ListsServed(int count) => lists.Add(count);

    public void InteractionsAccepted(int count) => interactions.Add(count);

    public void Dispose() => meter.Dispose();

    private static double AgeOf(SnapshotHost host, TimeProvider time) =>
        host.Current?.Publication is { } publication ? (time.GetUtcNow() - publication.PublishedAt).TotalSeconds : 0;
}
