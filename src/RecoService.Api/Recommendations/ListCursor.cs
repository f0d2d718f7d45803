using System.Buffers.Text;
using System.Security.Cryptography;
using RecoService.Engine.Recommending;
using RecoService.Engine.Recommending.Retrieval;

namespace RecoService.Api.Recommendations;

/// <summary>
/// Where a list goes on: the items that the pages before have shown, as keys of the store, ascending, each as its distance from the one before (LEB128), behind a checksum; in base64url. It holds all that
/// a page needs, so any replica can answer the next one, whatever was done or published meanwhile.
/// </summary>
internal static class ListCursor
{
    /// <summary>A list that has shown so many items ends.</summary>
    public const int MostItems = 1_000;

    private const int ChecksumBytes = 4;
    public const int MostCharacters = 8_192;

    /// <summary>The cursor behind a page; null where nothing can follow.</summary>
    /// <param name="state">Of the page.</param>
    /// <param name="before">What the pages before have shown: item ids.</param>
    /// <param name="candidates">What this one shows.</param>
    /// <param name="limit">The most items of a page.</param>
    public static string? After(ServingState state, IReadOnlyCollection<string> before, IReadOnlyList<Candidate> candidates, int limit)
    {
        if (candidates.Count < limit || before.Count + candidates.Count >= MostItems)
            return null;
        var keys = candidates.Select(candidate => state.Items.KeyOf(candidate.ItemIndex)).ToList();
        foreach (var itemId in before)
        {
            if (state.Items.TryGetIndex(itemId, out var index))
                keys.Add(state.Items.KeyOf(index));
        }

        keys.Sort();
        var bytes = new List<byte>(ChecksumBytes + (3 * keys.Count));
        bytes.AddRange(new byte[ChecksumBytes]);
        var last = 0;
        foreach (var key in keys)
        {
            var distance = (uint)(key - last);
            for (; distance >= 0x80; distance >>= 7)
                bytes.Add((byte)(distance | 0x80));
            bytes.Add((byte)distance);
            last = key;
        }

        var all = bytes.ToArray();
        ChecksumOf(all.AsSpan(ChecksumBytes)).CopyTo(all);
        return Base64Url.EncodeToString(all);
    }

    /// <summary>The items that a cursor says were shown; those that the state has forgotten are left out.</summary>
    /// <returns>Null for a text that is no cursor.</returns>
    public static IReadOnlyList<string>? Read(ServingState state, string text)
    {
        if (text.Length is 0 or > MostCharacters || !Base64Url.IsValid(text))
            return null;
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text);
        if (bytes.Length <= ChecksumBytes || !ChecksumOf(bytes[ChecksumBytes..]).SequenceEqual(bytes[..ChecksumBytes]))
            return null;
        var itemIds = new List<string>();
        var (key, distance, shift) = (0, 0u, 0);
        foreach (var one in bytes[ChecksumBytes..])
        {
            distance |= (uint)(one & 0x7F) << shift;
            shift += 7;
            if (one >= 0x80)
                continue;
            key += (int)distance;
            (distance, shift) = (0, 0);
            if (state.Items.TryGetIndexOfKey(key, out var index))
                itemIds.Add(state.Items[index]);
        }

        return itemIds.Count <= MostItems ? itemIds : null;
    }

    private static ReadOnlySpan<byte> ChecksumOf(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes).AsSpan(0, ChecksumBytes);
}
