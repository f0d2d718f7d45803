using RecoService.Api.Computing;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Engine.Recommending;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>Keeps what is served in step with the store: swaps when the last publication is another one or experiments name other models, follows the feed of changes, and reads rules and experiments that are new.</summary>
internal sealed partial class SnapshotPublisher(
    SnapshotHost host, SnapshotLoader loader, PublicationLog publications, ServingFeed feed, IReadOnlyList<LiveDefinitions> definitions, RecommendationSettings settings, LeftOutColumns leftOut,
    TimeProvider time, ILogger<SnapshotPublisher> logger) : IDisposable
{
    private const int ChangesPerRead = 10_000;

    /// <summary>More would make the query longer than what it saves.</summary>
    private const int MostSkipped = 1000;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Lock appliedGate = new();
    private readonly HashSet<long> applied = [];
    private string? marker;
    private long servedSequence = -1;
    private IReadOnlyList<int> servedBeside = [];
    private long lastInStep;

    /// <summary>How long ago this process last knew that it had seen every committed change.</summary>
    public TimeSpan Lag => host.Current is null ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref lastInStep));

    /// <summary>Remembers a batch of this process's own that has been applied, so that the feed need not bring it again; it may, and then nothing changes.</summary>
    public void HasApplied(long change)
    {
        if (change == 0)
            return;
        lock (appliedGate)
            applied.Add(change);
    }

    /// <summary>Serves the last publication, if it is not served already. Returns when it is.</summary>
    public async Task PublishCurrentAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(cancellationToken);
            await SwapIfNewAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>One look at the store: new rules and experiments, a new publication, then new changes; and a new state once the old one has taken in as many as it may.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await RefreshAsync(cancellationToken);
            await SwapIfNewAsync(cancellationToken);
            await ReadChangesAsync(cancellationToken);
            if (host.Current!.State.LiveChangeCount >= settings.LiveChangeLimit)
            {
                LogRebuilding(host.Current.State.LiveChangeCount);
                await RebuildAsync(cancellationToken);
            }

            leftOut.Log(host.Current.State);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>The same after a write that is stored already: when it fails, or takes longer than a moment, <see cref="FeedFollower"/> does it later.</summary>
    /// <returns>Whether this process has followed.</returns>
    public async Task<bool> TryFollowAsync()
    {
        try
        {
            await FollowAsync(CancellationToken.None);
            return true;
        }
        catch (Exception exception)
        {
            LogNotFollowed(exception.Message);
            return false;
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var kind in definitions)
            await kind.RefreshAsync(cancellationToken);
    }

    private async Task SwapIfNewAsync(CancellationToken cancellationToken)
    {
        var sequence = (await publications.GetCurrentAsync(cancellationToken))?.Sequence ?? 0;
        var beside = loader.Tried;
        if (sequence == servedSequence && beside.SequenceEqual(servedBeside))
            return;

        string? loadedMarker = null;
        var started = time.GetTimestamp();
        await host.SwapAsync(async () =>
        {
            if (host.Current is null && await loader.LoadCatalogueAsync(cancellationToken) is { } catalogue)
                host.Start(catalogue);
            // Requests come first, but at the start there are few, and all wait for the state.
            (var snapshot, loadedMarker) = host.Current is null
                ? await loader.LoadCurrentAsync(cancellationToken)
                : await BackgroundThread.RunAsync(() => loader.LoadCurrentAsync(cancellationToken));
            return snapshot;
        });
        marker = loadedMarker;
        (servedSequence, servedBeside) = (sequence, beside);
        Volatile.Write(ref lastInStep, time.GetTimestamp());
        if (host.Current!.State is { ModelVersion: { } version } state)
            LogServing(version, state.Users.Count, state.Items.Count, time.GetElapsedTime(started));
        else
            LogServingWithoutModel(host.Current.State.Items.Count);
    }

    private Task RebuildAsync(CancellationToken cancellationToken)
    {
        servedSequence = -1;
        return SwapIfNewAsync(cancellationToken);
    }

    private async Task ReadChangesAsync(CancellationToken cancellationToken)
    {
        long[] own;
        lock (appliedGate)
            own = [.. applied];
        while (true)
        {
            var readAt = time.GetTimestamp();
            ServingChanges changes;
            try
            {
                changes = await feed.ReadSinceAsync(marker!, ChangesPerRead, cancellationToken, own.Length <= MostSkipped ? own : own[..MostSkipped], host.Current!.State.LastTrainedKey);
            }
            catch (ArgumentException)
            {
                // The store was restored from a backup: what is served is not its future, and is loaded anew.
                foreach (var kind in definitions)
                    await kind.ForgetAsync(cancellationToken);
                await RebuildAsync(cancellationToken);
                return;
            }

            if (changes.OldestChangeAt is not null)
                host.Apply(state => Apply(state, changes));
            marker = changes.Marker;
            if (!changes.HasMore)
            {
                Volatile.Write(ref lastInStep, readAt);
                // All of these were committed before the read, so the marker has passed them.
                lock (appliedGate)
                    applied.ExceptWith(own);
                return;
            }
        }
    }

    private static void Apply(ServingState state, ServingChanges changes)
    {
        foreach (var item in changes.Items)
            state.Apply(item);
        foreach (var user in changes.Users)
            state.Apply(user);
        foreach (var user in changes.Rewritten)
            state.Apply(user);
        state.Apply(changes.Interactions);
        foreach (var userKey in changes.ErasedUserKeys)
            state.EraseUser(userKey);
    }

    public void Dispose() => turn.Dispose();

    [LoggerMessage(LogLevel.Information, "Serving model version {Version} for {Users} users and {Items} items; the swap took {Elapsed}.")]
    private partial void LogServing(int version, int users, int items, TimeSpan elapsed);

    [LoggerMessage(LogLevel.Warning, "A write is stored, but the lists do not show it yet: {Reason} The service tries again.")]
    private partial void LogNotFollowed(string reason);

    [LoggerMessage(LogLevel.Information, "The serving state has taken in {Changes} changes; the service builds it anew from the store.")]
    private partial void LogRebuilding(int changes);

    [LoggerMessage(LogLevel.Information, "No model is published yet; {Items} catalogue items are served by popularity until one is.")]
    private partial void LogServingWithoutModel(int items);
}
