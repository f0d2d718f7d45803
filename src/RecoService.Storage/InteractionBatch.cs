namespace RecoService.Storage;

/// <summary>A batch on its way into the store: its distinct users and items, and what repeats within it.</summary>
internal sealed class InteractionBatch
{
    private readonly IReadOnlyList<NewInteraction> interactions;
    private readonly int[] userPlaces;
    private readonly int[] itemPlaces;
    private readonly long now;
    private readonly KindKeys kinds;

    /// <exception cref="InteractionConflictException">Two interactions of the batch have one id and other content.</exception>
    public InteractionBatch(IReadOnlyList<NewInteraction> interactions, KindKeys kinds, DateTimeOffset now)
    {
        this.interactions = interactions;
        this.kinds = kinds;
        this.now = now.ToUnixTimeMilliseconds();
        (UserIds, userPlaces) = Distinct(interactions, interaction => interaction.UserId);
        (ItemIds, itemPlaces) = Distinct(interactions, interaction => interaction.ItemId);
    }

    public string[] UserIds { get; }

    public string[] ItemIds { get; }

    public int UserOf(int index) => userPlaces[index];

    public int ItemOf(int index) => itemPlaces[index];

    /// <summary>The rows of the batch in order, without those that repeat an earlier one.</summary>
    public List<InteractionRow> Rows(int[] userKeys, int[] itemKeys)
    {
        var rows = new List<InteractionRow>(interactions.Count);
        var known = new Dictionary<string, long>();
        for (var index = 0; index < interactions.Count; index++)
        {
            var interaction = interactions[index];
            var kind = kinds[interaction.KindIndex];
            var fingerprint = InteractionRow.FingerprintOf(interaction, kind);
            if (interaction.Id is { } id && !known.TryAdd(id, fingerprint))
            {
                if (known[id] != fingerprint)
                    throw new InteractionConflictException(index, id);
                continue;
            }

            rows.Add(new InteractionRow(
                index,
                interaction.Id ?? Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(now)).ToString(),
                interaction.Id is not null,
                userKeys[userPlaces[index]],
                itemKeys[itemPlaces[index]],
                kind,
                interaction.OccurredAt?.ToUnixTimeMilliseconds() ?? now,
                fingerprint,
                interaction));
        }

        return rows;
    }

    private static (string[] Ids, int[] Places) Distinct(IReadOnlyList<NewInteraction> interactions, Func<NewInteraction, string> idOf)
    {
        var places = new int[interactions.Count];
        var known = new Dictionary<string, int>();
        for (var index = 0; index < places.Length; index++)
        {
            var id = idOf(interactions[index]);
            if (!known.TryGetValue(id, out places[index]))
                known.Add(id, places[index] = known.Count);
        }

        return ([.. known.Keys], places);
    }
}
