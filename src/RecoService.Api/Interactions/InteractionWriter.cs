using RecoService.Api.Shops;
using RecoService.Api.Telemetry;
using RecoService.Engine.Recommending.Histories;
using RecoService.Storage;

namespace RecoService.Api.Interactions;

/// <summary>Stores interactions and makes them count for the very next list, in that order: what the store accepted, as the store has it, and nothing else.</summary>
internal sealed class InteractionWriter(RecoMetrics metrics)
{
    public async Task<AppendResult> AppendAsync(Shop shop, IReadOnlyList<NewInteraction> interactions, CancellationToken cancellationToken, bool skipConflicts = false)
    {
        var result = await shop.Store.Interactions.AppendAsync(interactions, cancellationToken, skipConflicts);
        Apply(shop, interactions, result);
        return result;
    }

    /// <summary>Makes what has been stored count.</summary>
    public void Apply(Shop shop, IReadOnlyList<NewInteraction> interactions, AppendResult result)
    {
        if (result.Accepted == 0)
            return;
        var served = ServedOf(interactions, result);
        shop.Serving.Snapshots.Apply(state => state.Apply(served));
        shop.Serving.Publisher.HasApplied(result.Change);
        metrics.InteractionsAccepted(result.Accepted);
    }

    private static ServedInteraction[] ServedOf(IReadOnlyList<NewInteraction> interactions, AppendResult result)
    {
        var served = new ServedInteraction[result.Accepted];
        var count = 0;
        for (var position = 0; position < interactions.Count; position++)
        {
            var (interaction, stored) = (interactions[position], result.Interactions[position]);
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
