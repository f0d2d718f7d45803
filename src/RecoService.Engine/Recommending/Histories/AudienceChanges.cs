using System.Runtime.InteropServices;
using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>What a change of histories does to the audiences of items: a user's part as it was is taken out, and as it is now put in.</summary>
internal sealed class AudienceChanges(AudienceSlots slots)
{
    private readonly Dictionary<long, int> changes = [];

    public bool Any => changes.Count > 0;

    /// <summary>The item, the slot and what is added to it; 0 where two parts cancel each other.</summary>
    public IEnumerable<(int Item, int Slot, int Change)> All => changes.Select(entry => ((int)(entry.Key >> 32), (int)entry.Key, entry.Value));

    /// <summary>Puts in what one user did with some items.</summary>
    /// <param name="interactions">All of the user with these items, what was undone and what undid it included.</param>
    public void Put(List<LiveInteraction> interactions) => Count(interactions, 1);

    /// <summary>Takes out what <see cref="Put"/> puts in.</summary>
    public void Take(List<LiveInteraction> interactions) => Count(interactions, -1);

    private void Count(List<LiveInteraction> interactions, int sign)
    {
        if (interactions.Count == 0)
            return;
        var counts = new bool[interactions.Count];
        var counting = Undoing.Mark(slots.Kinds, Column(interactions, one => one.ItemIndex), Column(interactions, one => one.KindIndex), Column(interactions, one => one.Time), counts)
            ? interactions.Where((_, position) => counts[position]).ToList()
            : interactions;
        slots.Count(
            Column(counting, one => one.ItemIndex), Column(counting, one => one.KindIndex), Column(counting, one => one.Time),
            (item, slot, amount) => CollectionsMarshal.GetValueRefOrAddDefault(changes, ((long)item << 32) | (uint)slot, out _) += sign * amount);
    }

    private static T[] Column<T>(List<LiveInteraction> interactions, Func<LiveInteraction, T> valueOf)
    {
        var column = new T[interactions.Count];
        for (var position = 0; position < column.Length; position++)
            column[position] = valueOf(interactions[position]);
        return column;
    }
}
