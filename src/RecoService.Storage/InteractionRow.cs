using System.Globalization;
using RecoService.Storage.Columns;

namespace RecoService.Storage;

/// <summary>An interaction on its way into its table, with the keys of the store.</summary>
internal sealed record InteractionRow(
    int Index, string Id, int UserKey, int ItemKey, short Kind, long OccurredAt, long Fingerprint, NewInteraction Content)
{
    /// <summary>
    /// Tells contents apart under one id: a 64-bit FNV-1a hash of what the client sent, so a time the store filled in does not count. Stored; never change it.
    /// A column that was added since counts by its name and text where it has a value, so that older contents keep their hash.
    /// </summary>
    public static long FingerprintOf(NewInteraction content, short kind, InteractionColumns columns)
    {
        var hash = new Fnv();
        hash.Add(content.UserId);
        hash.Add(content.ItemId);
        hash.Add(kind);
        hash.Add(content.Value is { } value ? BitConverter.DoubleToInt64Bits(value) : null);
        hash.Add(content.OccurredAt?.ToUnixTimeMilliseconds());
        hash.Add(content.SessionId);
        hash.Add(content.OrderId);
        hash.Add(content.Quantity is { } quantity ? BitConverter.DoubleToInt64Bits(quantity) : null);
        hash.Add(content.UnitPrice?.ToString("0.############################", CultureInfo.InvariantCulture));
        hash.Add(content.RecommendationId?.ToString("N"));
        foreach (var column in columns.Later)
        {
            if (column.TextOf(content) is not { } text)
                continue;
            hash.Add(column.Name);
            hash.Add(text);
        }

        return hash.Value;
    }

    private ref struct Fnv()
    {
        private ulong hash = 14695981039346656037;

        public readonly long Value => unchecked((long)hash);

        public void Add(string? text)
        {
            Add(text?.Length);
            foreach (var letter in text.AsSpan())
                Mix(letter);
        }

        public void Add(long? number)
        {
            Mix(number is null ? 0u : 1u);
            for (var shift = 0; number is not null && shift < 64; shift += 16)
                Mix((ushort)(number.Value >> shift));
        }

        private void Mix(uint part) => hash = unchecked((hash ^ part) * 1099511628211);
    }
}
