using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Evaluation;

/// <summary>A bit per item that must not stand on a user's list. For one user after the other, not thread-safe.</summary>
/// <param name="history">What is known of the users when they are given lists.</param>
/// <param name="rule">What holds for the items that they had before.</param>
/// <param name="now">When they are given lists, in Unix milliseconds; null: with the newest interaction of the history. Only for <see cref="RepeatRule.AsServed"/>.</param>
internal sealed class ListMask(InteractionDataset history, RepeatRule rule, long? now = null)
{
    private readonly ulong[] blocked = new ulong[Bits.WordsFor(history.Items.Count)];
    private readonly long served = now ?? history.LatestTime ?? 0;

    /// <summary>Set: not on the list of the user who was set last.</summary>
    public ReadOnlySpan<ulong> Blocked => blocked;

    /// <summary>Marks what a user's list must not hold. Those of the user before must have been cleared.</summary>
    public void Set(int user)
    {
        switch (rule)
        {
            case RepeatRule.Allow:
                return;
            case RepeatRule.Only:
                blocked.AsSpan().Fill(ulong.MaxValue);
                foreach (var item in history.UserItems.RowColumns(user))
                    Bits.Clear(blocked, item);
                return;
            case RepeatRule.AsServed:
                BlockConsumed(user);
                return;
            default:
                foreach (var item in history.UserItems.RowColumns(user))
                    Bits.Set(blocked, item);
                return;
        }
    }

    /// <summary>Takes the user's marks away.</summary>
    public void Clear(int user)
    {
        if (rule == RepeatRule.Only)
        {
            blocked.AsSpan().Clear();
            return;
        }

        foreach (var item in history.UserItems.RowColumns(user))
            Bits.Clear(blocked, item);
    }

    /// <summary>What the item says of itself goes before what its kind says.</summary>
    private long ConsumedUntil(int item, byte kind, long time) =>
        history.ContentOf(item)?.ConsumesForDays is { } days ? time + (long)(days * TimeSpan.MillisecondsPerDay) : history.Kinds.ConsumedUntil(kind, time);

    private void BlockConsumed(int user)
    {
        var items = history.UserItemIndexes(user);
        var kinds = history.UserKinds(user);
        var times = history.UserTimes(user);
        for (var position = 0; position < items.Length; position++)
        {
            if (history.Kinds[kinds[position]].Consumes && served < ConsumedUntil(items[position], kinds[position], times[position]))
                Bits.Set(blocked, items[position]);
        }
    }
}
