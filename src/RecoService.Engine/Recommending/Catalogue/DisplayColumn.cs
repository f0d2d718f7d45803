using System.Text;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>A text per item that is shown and that no filter asks for, as a title; UTF-8, and as it comes, for hardly two are equal.</summary>
public sealed class DisplayColumn : CatalogueColumn
{
    private const int ChunkItems = Cells<byte>.ChunkItems;

    private volatile byte[]?[]?[] chunks = [];
    private long textBytes;

    internal DisplayColumn(string name)
        : base(name, ColumnType.Text)
    {
    }

    public override long ByteCount =>
        Memory.ArrayBytes(chunks.Length, nint.Size) + (chunks.Count(chunk => chunk is not null) * Memory.ArrayBytes(ChunkItems, nint.Size)) + Interlocked.Read(ref textBytes);

    /// <summary>UTF-8; empty for an item without one.</summary>
    public ReadOnlySpan<byte> this[int itemIndex]
    {
        get
        {
            var (current, position) = (chunks, itemIndex / ChunkItems);
            return position < current.Length && current[position] is { } chunk ? Volatile.Read(ref chunk[itemIndex % ChunkItems]) : [];
        }
    }

    /// <summary>Null for an item without one.</summary>
    public string? TextOf(int itemIndex) => this[itemIndex] is { IsEmpty: false } text ? Encoding.UTF8.GetString(text) : null;

    internal override void SelectPresent(int firstWord, Span<ulong> items)
    {
        items.Clear();
        for (var position = 0; position < 64 * items.Length; position++)
        {
            if (!this[(64 * firstWord) + position].IsEmpty)
                Bits.Set(items, position);
        }
    }

    internal override void Clear(int itemIndex) => Set(itemIndex, null);

    /// <param name="itemIndex">At least 0.</param>
    /// <param name="text">Null or empty for none.</param>
    internal void Set(int itemIndex, string? text)
    {
        if (string.IsNullOrEmpty(text) && this[itemIndex].IsEmpty)
            return;
        var chunk = ChunkOf(itemIndex / ChunkItems);
        ref var cell = ref chunk[itemIndex % ChunkItems];
        if (cell is not null)
            (ItemCount, textBytes) = (ItemCount - 1, textBytes - Memory.ArrayBytes(cell.Length, 1));
        // A reader sees the text before or the one after, whole.
        Volatile.Write(ref cell, string.IsNullOrEmpty(text) ? null : Encoding.UTF8.GetBytes(text));
        if (cell is not null)
            (ItemCount, textBytes) = (ItemCount + 1, textBytes + Memory.ArrayBytes(cell.Length, 1));
    }

    private byte[]?[] ChunkOf(int position)
    {
        var current = chunks;
        if (position < current.Length && current[position] is { } known)
            return known;
        var grown = new byte[]?[]?[Math.Max(current.Length, position + 1)];
        current.CopyTo(grown, 0);
        var made = new byte[]?[ChunkItems];
        grown[position] = made;
        chunks = grown;
        return made;
    }
}
