using RecoService.Engine.Data;

namespace RecoService.Engine.Recommending.Histories;

/// <summary>
/// How many users did what with each item: what the histories say from which the state was built, counted when an item is first asked about, and what changed since. It holds no user, so what one
/// read costs does not depend on their number. About 8 bytes per item and kind that occurs. Readers take no lock; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
internal sealed class ItemAudience
{
    private readonly AudienceSlots slots;
    private readonly Lazy<int[]?[]> built;
    private readonly int[]?[] since;

    /// <param name="histories">What every user had done when the state was built.</param>
    /// <param name="viewKind">The name of the kind that is a view; one that the shop does not have counts nothing.</param>
    public ItemAudience(InteractionDataset histories, string viewKind)
    {
        slots = new AudienceSlots(histories.Kinds, histories.Kinds.TryGetIndex(viewKind, out var index) ? index : null);
        since = new int[]?[slots.Length];
        built = new(() => CountBuilt(histories));
    }

    public InteractionKinds Kinds => slots.Kinds;

    /// <summary>The kind that is a purchase.</summary>
    public byte Purchase => slots.Purchase;

    /// <summary>The kind that is a view; null where the shop has none.</summary>
    public byte? ViewKind => slots.ViewKind;

    /// <summary>What is to be applied after histories have changed.</summary>
    public AudienceChanges NewChanges() => new(slots);

    /// <summary>Users who did anything with an item that counts.</summary>
    public int UsersOf(int itemIndex) => Sum(AudienceSlots.Anybody, itemIndex);

    /// <summary>Users who did something of a kind with it.</summary>
    public int UsersOf(int itemIndex, byte kindIndex) => Sum(AudienceSlots.UsersOf(kindIndex), itemIndex);

    /// <summary>How often something of a kind was done with it; of ratings the last of each user.</summary>
    public int EventsOf(int itemIndex, byte kindIndex) => Sum(AudienceSlots.EventsOf(kindIndex), itemIndex);

    /// <summary>Users who bought it on two days or more (UTC).</summary>
    public int ReturningOf(int itemIndex) => Sum(AudienceSlots.Returning, itemIndex);

    /// <summary>Users who viewed it, and bought it then or later.</summary>
    public int ConvertedOf(int itemIndex) => Sum(AudienceSlots.Converted, itemIndex);

    /// <summary>Takes in what changed. A reader meanwhile may see a part of it.</summary>
    public void Apply(AudienceChanges changes)
    {
        foreach (var (item, slot, change) in changes.All)
        {
            if (change == 0)
                continue;
            var counts = since[slot];
            if (counts is null || item >= counts.Length)
            {
                var length = Math.Max(item + 1, (counts?.Length ?? 0) + ((counts?.Length ?? 0) / 4));
                Array.Resize(ref counts, length);
                Volatile.Write(ref since[slot], counts);
            }

            counts[item] += change;
        }
    }

    private int Sum(int slot, int itemIndex) => Math.Max(0, In(built.Value[slot], itemIndex) + In(Volatile.Read(ref since[slot]), itemIndex));

    private static int In(int[]? counts, int itemIndex) => counts is not null && itemIndex < counts.Length ? counts[itemIndex] : 0;

    private int[]?[] CountBuilt(InteractionDataset histories)
    {
        var counts = new int[]?[slots.Length];
        for (var user = 0; user < histories.Users.Count; user++)
            slots.Count(histories.UserItemIndexes(user), histories.UserKinds(user), histories.UserTimes(user), Add);
        return counts;

        void Add(int item, int slot, int amount) => (counts[slot] ??= new int[histories.Items.Count])[item] += amount;
    }
}
