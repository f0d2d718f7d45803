using System.Threading.Channels;
using RecoService.Api.Http;
using RecoService.Api.Settings;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Reranking;
using RecoService.Storage;

namespace RecoService.Api.Serving;

/// <summary>
/// Takes impressions off the response path and writes them in batches: a quarter of a second's, or as soon as there are enough for a large one.
/// What does not fit the queue is dropped and counted.
/// </summary>
internal sealed partial class ImpressionWriter : BackgroundService
{
    private const int LargeBatch = 1000;
    private const int LargestBatch = 5000;
    private const int MostOnStack = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan FlushOnStop = TimeSpan.FromSeconds(5);

    private readonly ImpressionLog log;
    private readonly ShownItems? shown;
    private readonly TimeProvider time;
    private readonly ILogger<ImpressionWriter> logger;
    private readonly ShadowLists shadows;
    private readonly Channel<Shown> queue;
    private readonly int largeBatch;
    private volatile TaskCompletionSource? enough;
    private int queued;
    private long dropped;

    public ImpressionWriter(ImpressionLog log, RecommendationSettings settings, ShownItems? shown, TimeProvider time, ILogger<ImpressionWriter> logger)
    {
        this.log = log;
        this.shown = shown;
        this.time = time;
        this.logger = logger;
        largeBatch = Math.Min(LargeBatch, Math.Max(1, settings.ImpressionQueueLimit / 2));
        shadows = new ShadowLists(settings.ShadowProcessorShare, time);
        queue = Channel.CreateBounded<Shown>(new BoundedChannelOptions(settings.ImpressionQueueLimit) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>A list of a state as it is shown now, in one of its placements.</summary>
    /// <param name="state">Made the list.</param>
    /// <param name="placement">Where it is shown, as an experiment may have it.</param>
    /// <param name="recommendationId">Names it.</param>
    /// <param name="userId">Sees it.</param>
    /// <param name="now">When.</param>
    /// <param name="itemIds">In the order shown.</param>
    /// <param name="sources">What proposed them: one for each, or one for all.</param>
    /// <param name="propensities">How probable they were to stand there; none where the placement does not explore.</param>
    /// <param name="itemVariants">The variant of each item of an interleaved list; none in any other.</param>
    /// <param name="query">What the list was asked with, for the list that an experiment makes beside it.</param>
    /// <param name="startedAt">A timestamp of the clock, from before the list was made.</param>
    /// <param name="fallbackItems">How many of its items stand in for what the first source did not have.</param>
    /// <param name="contextJson">What the request said of itself; null for nothing.</param>
    public void Enqueue(
        ServingState state, Placement placement, Guid recommendationId, string userId, DateTimeOffset now, IReadOnlyList<string> itemIds, IReadOnlyList<string> sources, IReadOnlyList<float> propensities,
        IReadOnlyList<string> itemVariants, RecommendationQuery query, long startedAt, int fallbackItems, string? contextJson = null)
    {
        if (shown is not null)
            Note(state, userId, now, itemIds);
        var impression = new Impression(recommendationId, userId, placement.Name, placement.Variant, state.ModelVersionOf(query), placement.ConfigurationVersion, now, itemIds) { ContextJson = contextJson, Sources = sources, Propensities = propensities, ItemVariants = itemVariants, FallbackItems = fallbackItems, MadeIn = time.GetElapsedTime(startedAt) };
        Enqueue(query.Assigned?.Shadow is null ? new Shown(impression, null, null) : new Shown(impression, state, query));
    }

    /// <summary>Remembers what a known user was shown.</summary>
    private void Note(ServingState state, string userId, DateTimeOffset now, IReadOnlyList<string> itemIds)
    {
        if (userId == Impression.NoUser || !state.Users.TryGetIndex(userId, out var user))
            return;
        Span<int> keys = itemIds.Count <= MostOnStack ? stackalloc int[itemIds.Count] : new int[itemIds.Count];
        var count = 0;
        foreach (var itemId in itemIds)
        {
            if (state.Items.TryGetIndex(itemId, out var item))
                keys[count++] = state.Items.KeyOf(item);
        }

        shown!.Add(state.Users.KeyOf(user), keys[..count], now.ToUnixTimeMilliseconds());
    }

    private void Enqueue(in Shown list)
    {
        if (!queue.Writer.TryWrite(list))
            Interlocked.Increment(ref dropped);
        else if (Interlocked.Increment(ref queued) >= largeBatch)
            enough?.TrySetResult();
    }

    /// <summary>Requests in flight are over when the service stops, so what they queued is written before it ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var flush = new CancellationTokenSource();
        await using var onStop = stoppingToken.Register(() => flush.CancelAfter(FlushOnStop));
        var batch = new List<Impression>();
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await GatherAsync(stoppingToken);
            shadows.Begin();
            while (batch.Count < LargestBatch && queue.Reader.TryRead(out var list))
                batch.Add(list is { State: { } state, Query: { } query } ? shadows.Add(list.Impression, state, query) : list.Impression);
            Interlocked.Add(ref queued, -batch.Count);
            // A write that was given up may still be read from while the next batch is gathered.
            await WriteAsync([.. batch], flush.Token);
            batch.Clear();
        }
    }

    /// <summary>A handful is not worth a transaction, so more may come before the first is written.</summary>
    private async Task GatherAsync(CancellationToken stoppingToken)
    {
        var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        enough = signal;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        if (Volatile.Read(ref queued) < largeBatch)
            await Task.WhenAny(signal.Task, Task.Delay(Patience, time, waiting.Token));
        enough = null;
        await waiting.CancelAsync();
    }

    private async Task WriteAsync(Impression[] batch, CancellationToken flushDeadline)
    {
        var complained = false;
        while (true)
        {
            try
            {
                await log.AppendAsync(batch, flushDeadline);
                return;
            }
            catch (StorageUnavailableException exception) when (!flushDeadline.IsCancellationRequested)
            {
                // The batch waits for the store; the queue behind it fills and then counts what it drops.
                if (!complained)
                    LogWaiting(batch.Length, exception.Message);
                complained = true;
                if (!await WaitAsync(exception.RetryAfter, flushDeadline))
                    break;
            }
            catch (Exception exception)
            {
                LogDropped(batch.Length, exception.Message);
                break;
            }
        }

        Interlocked.Add(ref dropped, batch.Length);
    }

    private async Task<bool> WaitAsync(TimeSpan delay, CancellationToken flushDeadline)
    {
        try
        {
            await Task.Delay(delay, time, flushDeadline);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} impressions wait for the store: {Reason}")]
    private partial void LogWaiting(int count, string reason);

    [LoggerMessage(LogLevel.Error, "{Count} impressions were dropped: {Reason}")]
    private partial void LogDropped(int count, string reason);

    /// <param name="Impression">What was shown.</param>
    /// <param name="State">Made it; null where no list is made beside it.</param>
    /// <param name="Query">What it was asked with; null likewise.</param>
    private readonly record struct Shown(Impression Impression, ServingState? State, RecommendationQuery? Query);
}
