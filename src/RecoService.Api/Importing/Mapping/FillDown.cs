using RecoService.Api.Importing.Values;

namespace RecoService.Api.Importing.Mapping;

/// <summary>
/// Blanks that say "as above". With a key, only in records that go on with the key of the record above, or leave it blank: an order's lines, not the next order.
/// </summary>
/// <param name="keySlots">Empty: every blank is filled.</param>
/// <param name="slots">What is filled.</param>
internal sealed class FillDown(int[] keySlots, int[] slots)
{
    private readonly int[] all = [.. keySlots, .. slots];
    private readonly (ValueKind Kind, byte[] Text)[] above = new (ValueKind, byte[])[keySlots.Length + slots.Length];

    /// <summary>Takes in the next record.</summary>
    public void Follow(SourceValues values)
    {
        var goesOn = true;
        for (var position = 0; position < keySlots.Length; position++)
        {
            var value = values.OwnValue(keySlots[position]);
            goesOn &= value.IsAbsent || value.Text.SequenceEqual(above[position].Text);
        }

        for (var position = 0; position < all.Length; position++)
        {
            var value = values.OwnValue(all[position]);
            if (!value.IsAbsent)
                above[position] = (value.Kind, value.Text.ToArray());
            else if (!goesOn)
                above[position] = default;
        }
    }

    /// <summary>What a blank of the slot means in the current record.</summary>
    public bool TryGet(int slot, out RawValue value)
    {
        var position = Array.IndexOf(all, slot);
        value = position < 0 ? default : new RawValue(above[position].Kind, above[position].Text);
        return !value.IsAbsent;
    }
}
