using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;

namespace RecoService.Storage;

/// <summary>A list as it was shown, for attribution.</summary>
/// <param name="ItemIds">In the order shown.</param>
public sealed record Impression(
    Guid RecommendationId, string UserId, string Placement, string? Variant, int? ModelVersion, string ConfigurationVersion,
    DateTimeOffset OccurredAt, IReadOnlyList<string> ItemIds)
{
    /// <summary>In the place of the user's id for a list that was made for nobody known; no user has it, since ids are not empty.</summary>
    public const string NoUser = "";

    /// <summary>What the request said of itself beside the user and the items: a JSON object of texts, numbers and flags; null where it said nothing.</summary>
    public string? ContextJson { get; init; }

    /// <summary>What proposed the items, in their order; one stands for all of them, and none says that it is not known.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>How probable each item was to stand at its place, above 0 and at most 1, in their order; none where the placement does not explore.</summary>
    public IReadOnlyList<float> Propensities { get; init; } = [];

    /// <summary>The variant of each item of an interleaved list, by its name within the experiment, in their order; none in any other list.</summary>
    public IReadOnlyList<string> ItemVariants { get; init; } = [];

    /// <summary>The list that was made beside this one and not shown, the best first; none where there is no such list.</summary>
    public IReadOnlyList<string> ShadowItemIds { get; init; } = [];

    /// <summary>How many of its items stand in for what the first source of the placement did not have.</summary>
    public int FallbackItems { get; init; }

    /// <summary>How long it took to make the list, kept to the microsecond; null where that is not known.</summary>
    public TimeSpan? MadeIn { get; init; }

    /// <summary><see cref="MadeIn"/> as it is stored.</summary>
    internal int? Microseconds => MadeIn is { } time ? (int)Math.Clamp(time.TotalMicroseconds, 0, int.MaxValue) : null;
}

/// <summary>The lists that were shown.</summary>
public sealed class ImpressionLog
{
    private readonly Store store;

    internal ImpressionLog(Store store) => this.store = store;

    /// <summary>Stores all or nothing; those whose id is stored already are left as they are.</summary>
    public Task AppendAsync(IReadOnlyList<Impression> impressions, CancellationToken ct)
    {
        // Ids are made anew for every list, so they are stored already only when the same batch comes again; the first attempt then fails, and the next one looks.
        var attempts = 0;
        return store.WriteAsync(context => store.Provider.AppendImpressionsAsync(context, impressions, areNew: attempts++ == 0, ct), ct);
    }

    /// <summary>
    /// Deletes some of those that are older, the oldest first, and says how many. Ids of version 7 ascend with their time, so the primary key finds them;
    /// an id of another kind may hide its row from this, and never brings a newer one in.
    /// </summary>
    public Task<int> DeleteBeforeAsync(DateTimeOffset before, int limit, CancellationToken ct) => store.WriteAsync(context =>
    {
        var bound = FirstIdOf(before);
        var old = context.Impressions.Where(row => row.RecommendationId < bound && row.OccurredAt < before).OrderBy(row => row.RecommendationId).Take(limit);
        return context.Impressions.Where(row => old.Select(old => old.RecommendationId).Contains(row.RecommendationId)).ExecuteDeleteAsync(ct);
    }, ct);

    /// <summary>Null: unknown.</summary>
    public Task<Impression?> GetAsync(Guid recommendationId, CancellationToken ct) => store.ReadAsync(async context =>
        (await context.Impressions.AsNoTracking().SingleOrDefaultAsync(row => row.RecommendationId == recommendationId, ct))?.ToImpression(), ct);

    /// <summary>No id of version 7 made at this time or later is lower: the first 48 bits are Unix milliseconds.</summary>
    private static Guid FirstIdOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.ToUnixTimeMilliseconds() << 16);
        return new Guid(bytes, bigEndian: true);
    }
}
