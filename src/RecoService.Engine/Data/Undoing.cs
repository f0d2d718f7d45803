namespace RecoService.Engine.Data;

/// <summary>
/// The rule of the kinds that undo. Each such interaction cancels the latest earlier one of the undone kind, of the same user and item, that is not cancelled yet;
/// of equal times the undone one is the earlier. It counts for nothing itself, and so does one that finds nothing to cancel. The order of arrival does not matter.
/// </summary>
public static class Undoing
{
    /// <summary>Says which interactions of one user count.</summary>
    /// <param name="kinds">The table that <paramref name="kindIndexes"/> refer to.</param>
    /// <param name="items">One per interaction, in any order.</param>
    /// <param name="kindIndexes">One per interaction.</param>
    /// <param name="times">One per interaction, Unix milliseconds.</param>
    /// <param name="counts">Takes a mark per interaction.</param>
    /// <returns>False when all of them count.</returns>
    public static bool Mark(InteractionKinds kinds, ReadOnlySpan<int> items, ReadOnlySpan<byte> kindIndexes, ReadOnlySpan<long> times, Span<bool> counts)
    {
        counts.Fill(true);
        if (!AnyUndoes(kinds, kindIndexes))
            return false;

        var concerned = new List<(int Item, byte Undone, long Time, bool Undoes, int Place)>();
        for (var position = 0; position < items.Length; position++)
        {
            if (kinds.UndoneBy(kindIndexes[position]) is { } undone)
            {
                counts[position] = false;
                concerned.Add((items[position], undone, times[position], true, position));
            }
            else if (kinds.CanBeUndone(kindIndexes[position]))
            {
                concerned.Add((items[position], kindIndexes[position], times[position], false, position));
            }
        }

        concerned.Sort();
        var open = new Stack<int>();
        for (var next = 0; next < concerned.Count; next++)
        {
            var (item, undone, _, undoes, position) = concerned[next];
            if (next > 0 && (concerned[next - 1].Item, concerned[next - 1].Undone) != (item, undone))
                open.Clear();
            if (!undoes)
                open.Push(position);
            else if (open.TryPop(out var cancelled))
                counts[cancelled] = false;
        }

        return true;
    }

    private static bool AnyUndoes(InteractionKinds kinds, ReadOnlySpan<byte> kindIndexes)
    {
        foreach (var kind in kindIndexes)
        {
            if (kinds.UndoneBy(kind) is not null)
                return true;
        }

        return false;
    }
}
