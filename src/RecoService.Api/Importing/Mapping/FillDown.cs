using RecoService.Api.Importing.Records;

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
        for (var place = 0; place < keySlots.Length; place++)
        {
            var value = values.OwnValue(keySlots[place]);
            goesOn &= value.IsAbsent || value.Text.SequenceEqual(above[place].Text);
        }

        for (var place = 0; place < all.Length; place++)
        {
            var value = values.OwnValue(all[place]);
            if (!value.IsAbsent)
                above[place] = (value.Kind, value.Text.ToArray());
            else if (!goesOn)
                above[place] = default;
        }
    }

    /// <summary>What a blank of the slot means in the current record.</summary>
    public bool TryGet(int slot, out RawValue value)
    {
        var place = Array.IndexOf(all, slot);
        value = place < 0 ? default : new RawValue(above[place].Kind, above[place].Text);
        return !value.IsAbsent;
    }
}
