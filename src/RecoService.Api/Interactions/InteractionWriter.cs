using RecoService.Api.Serving;
using RecoService.Api.Status;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Histories;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary>Stores interactions and makes them count for the very next list, in that order: what the store accepted, as the store has it, and nothing else.</summary>
internal sealed class InteractionWriter(InteractionLog log, SnapshotHost snapshots, SnapshotPublisher publisher, RecoMetrics metrics)
{
    public async Task<AppendResult> AppendAsync(IReadOnlyList<NewInteraction> interactions, CancellationToken cancellationToken, bool skipConflicts = false)
    {
        var result = await log.AppendAsync(interactions, cancellationToken, skipConflicts);
        Apply(interactions, result);
        return result;
    }

    /// <summary>Makes what has been stored count.</summary>
    public void Apply(IReadOnlyList<NewInteraction> interactions, AppendResult result)
    {
        if (result.Accepted == 0)
            return;
        var served = ServedOf(interactions, result);
        snapshots.Apply(state => state.Apply(served));
        publisher.HasApplied(result.Change);
        metrics.InteractionsAccepted(result.Accepted);
    }

    private static ServedInteraction[] ServedOf(IReadOnlyList<NewInteraction> interactions, AppendResult result)
    {
        var served = new ServedInteraction[result.Accepted];
        var count = 0;
        for (var place = 0; place < interactions.Count; place++)
        {
            var (interaction, stored) = (interactions[place], result.Interactions[place]);
            if (stored.IsAccepted)
            {
                var one = new ServedInteraction(
                    stored.UserKey, interaction.UserId, stored.ItemKey, interaction.ItemId, interaction.KindIndex, (float)(interaction.Value ?? 0), stored.OccurredAt);
                served[count++] = one with { Change = result.Change };
            }
        }

        return served;
    }
}
