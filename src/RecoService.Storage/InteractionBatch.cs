using RecoService.Storage.Columns;

namespace RecoService.Storage;

/// <summary>A batch on its way into the store: its distinct users and items, its ids and times, and what repeats within it. Made before the transaction, so that an attempt after the first has the same.</summary>
internal sealed class InteractionBatch
{
    private readonly IReadOnlyList<NewInteraction> interactions;
    private readonly KindKeys kinds;
    private readonly int[] userPositions;
    private readonly int[] itemPositions;
    private readonly string?[] ids;
    private readonly long[] fingerprints;
    private readonly AppendStatus[] standing;

    /// <param name="interactions">Those without an id get one, ratings apart.</param>
    /// <param name="kinds">The store's keys of their kinds.</param>
    /// <param name="columns">What tells contents apart.</param>
    /// <param name="now">The time of those that have none, and of those that lie ahead.</param>
    /// <param name="skipConflicts">Leaves out what is in conflict within the batch.</param>
    /// <exception cref="InteractionConflictException">Two interactions of the batch have one id and other content.</exception>
    public InteractionBatch(IReadOnlyList<NewInteraction> interactions, KindKeys kinds, InteractionColumns columns, DateTimeOffset now, bool skipConflicts)
    {
        this.interactions = interactions;
        this.kinds = kinds;
        Now = now.ToUnixTimeMilliseconds();
        (UserIds, userPositions) = Distinct(interactions, interaction => interaction.UserId);
        (ItemIds, itemPositions) = Distinct(interactions, interaction => interaction.ItemId);
        ids = new string?[interactions.Count];
        fingerprints = new long[interactions.Count];
        standing = new AppendStatus[interactions.Count];
        var known = new Dictionary<string, long>();
        for (var index = 0; index < ids.Length; index++)
        {
            var interaction = interactions[index];
            var isRating = interaction.KindIndex == kinds.RatingIndex;
            ids[index] = interaction.Id ?? (isRating ? null : Guid.CreateVersion7(now).ToString());
            fingerprints[index] = InteractionRow.FingerprintOf(interaction, kinds[interaction.KindIndex], columns);
            if (interaction.Id is { } id && !known.TryAdd(id, fingerprints[index]))
                standing[index] = known[id] == fingerprints[index] ? AppendStatus.Duplicate : AppendStatus.Conflict;
            if (standing[index] == AppendStatus.Conflict && !skipConflicts)
                throw new InteractionConflictException(index, interaction.Id!);
        }
    }

    /// <summary>Unix milliseconds.</summary>
    public long Now { get; }

    public string[] UserIds { get; }

    public string[] ItemIds { get; }

    /// <summary>One per interaction; null for a rating that came without.</summary>
    public IReadOnlyList<string?> Ids => ids;

    /// <summary>The rows of the batch in order, without those that repeat an earlier one or are in conflict with it.</summary>
    public List<InteractionRow> Rows(int[] userKeys, int[] itemKeys)
    {
        var rows = new List<InteractionRow>(interactions.Count);
        for (var index = 0; index < interactions.Count; index++)
        {
            if (standing[index] != AppendStatus.Accepted)
                continue;
            var interaction = interactions[index];
            rows.Add(new InteractionRow(
                index, ids[index] ?? "", userKeys[userPositions[index]], itemKeys[itemPositions[index]], kinds[interaction.KindIndex], TimeOf(interaction), fingerprints[index], interaction));
        }

        return rows;
    }

    /// <summary>The row of one interaction, whether or not it repeats an earlier one.</summary>
    /// <param name="index">Of the interaction.</param>
    /// <param name="appended">Has the keys.</param>
    public InteractionRow RowOf(int index, in AppendedInteraction appended) => new(
        index, ids[index] ?? "", appended.UserKey, appended.ItemKey, kinds[interactions[index].KindIndex], TimeOf(interactions[index]), fingerprints[index], interactions[index]);

    /// <summary>What became of the batch.</summary>
    /// <param name="userKeys">Of <see cref="UserIds"/>.</param>
    /// <param name="itemKeys">Of <see cref="ItemIds"/>.</param>
    /// <param name="rows">From <see cref="Rows"/>.</param>
    /// <param name="statuses">By the index of the interaction, of the rows.</param>
    /// <param name="change">See <see cref="AppendResult"/>.</param>
    public AppendResult ResultOf(int[] userKeys, int[] itemKeys, List<InteractionRow> rows, AppendStatus[] statuses, long change)
    {
        var ends = (AppendStatus[])standing.Clone();
        foreach (var row in rows)
            ends[row.Index] = statuses[row.Index];
        var appended = new AppendedInteraction[interactions.Count];
        for (var index = 0; index < appended.Length; index++)
        {
            var interaction = interactions[index];
            appended[index] = new AppendedInteraction(
                ids[index], userKeys[userPositions[index]], itemKeys[itemPositions[index]], ends[index], TimeOf(interaction),
                interaction.OccurredAt?.ToUnixTimeMilliseconds() > Now);
        }

        return new AppendResult(appended, change);
    }

    /// <summary>A clock that runs ahead does not make an interaction newer than what comes after it.</summary>
    private long TimeOf(NewInteraction interaction) => Math.Min(interaction.OccurredAt?.ToUnixTimeMilliseconds() ?? Now, Now);

    private static (string[] Ids, int[] Places) Distinct(IReadOnlyList<NewInteraction> interactions, Func<NewInteraction, string> idOf)
    {
        var positions = new int[interactions.Count];
        var known = new Dictionary<string, int>();
        for (var index = 0; index < positions.Length; index++)
        {
            var id = idOf(interactions[index]);
            if (!known.TryGetValue(id, out positions[index]))
                known.Add(id, positions[index] = known.Count);
        }

        return ([.. known.Keys], positions);
    }
}
