using System.Diagnostics.Metrics;
using RecoService.Api.Shops;
using RecoService.Api.Telemetry;

namespace RecoService.Api.Status;

/// <summary>What the shops serve and store now, for whoever looks at the meter <c>RecoService</c>. A shop beside the default one is told by the tag <c>shop</c>.</summary>
internal static class ServedGauges
{
    public static void AddTo(IServiceProvider services)
    {
        // The factory gives the one meter of this name to whoever asks.
        var meter = services.GetRequiredService<IMeterFactory>().Create(RecoMetrics.MeterName);
        var shops = services.GetRequiredService<ShopDirectory>();
        var time = services.GetRequiredService<TimeProvider>();
        Func<IEnumerable<Measurement<T>>> Of<T>(Func<Shop, T> value)
            where T : struct => () => shops.All.Select(shop => new Measurement<T>(value(shop), TagsOf(shop)));
        meter.CreateObservableGauge("reco.model.version", Of(shop => shop.Serving.Snapshots.Current?.State.ModelVersion ?? 0), "{version}", "Served model version, 0 before the first.");
        meter.CreateObservableGauge("reco.model.age", Of(shop => AgeOf(shop, time)), "s", "Time since the served model was published.");
        meter.CreateObservableGauge("reco.live.lag", Of(shop => shop.Serving.Publisher.Lag.TotalSeconds), "s", "Time since all committed changes were known here.");
        meter.CreateObservableCounter("reco.impressions.dropped", Of(shop => shop.Serving.Impressions.Dropped), "{impression}", "Impressions that were not written.");
        meter.CreateObservableGauge("reco.users", Of(shop => shop.Facts.LastCounts.Users), "{user}", "Users in the store.");
        meter.CreateObservableGauge("reco.items", Of(shop => shop.Facts.LastCounts.Items), "{item}", "Items in the store.");
        meter.CreateObservableGauge("reco.interactions", Of(shop => shop.Facts.LastCounts.Interactions + shop.Facts.LastCounts.Ratings), "{interaction}", "Interactions in the store, ratings included.");
    }

    private static KeyValuePair<string, object?>[] TagsOf(Shop shop) => shop.Name == Shop.DefaultName ? [] : [new("shop", shop.Name)];

    private static double AgeOf(Shop shop, TimeProvider time) =>
        shop.Serving.Snapshots.Current?.Publication is { } publication ? (time.GetUtcNow() - publication.PublishedAt).TotalSeconds : 0;
}
