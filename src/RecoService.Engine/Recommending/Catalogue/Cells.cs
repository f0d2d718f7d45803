using System.Numerics;
using System.Runtime.CompilerServices;

namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>
/// A value per item, in chunks that are made when a first item of them has a value, so that growing copies nothing and what no item has costs nothing. Readers take
/// no lock and see each cell whole; writers are serialised by the <see cref="ServingState"/>.
/// </summary>
/// <param name="absent">What an item has that has no value.</param>
internal sealed class Cells<T>(T absent)
    where T : unmanaged, INumber<T>
{
    /// <summary>Items in a chunk; a multiple of 64.</summary>
    public const int ChunkItems = 4096;

    private volatile T[]?[] chunks = [];

    public long ByteCount
    {
        get
        {
            var current = chunks;
            return Memory.ArrayBytes(current.Length, nint.Size) + (current.Count(chunk => chunk is not null) * Memory.ArrayBytes(ChunkItems, Unsafe.SizeOf<T>()));
        }
    }

    public T this[int index]
    {
        get
        {
            var current = chunks;
            var position = index / ChunkItems;
            if (position >= current.Length || current[position] is not { } chunk)
                return absent;
            var value = chunk[index % ChunkItems];
            // What the value refers to was written before it, and must not be read before it.
            Volatile.ReadBarrier();
            return value;
        }
    }

    /// <summary>The values of consecutive items of one chunk; empty where none of the chunk has a value.</summary>
    public ReadOnlySpan<T> Range(int first, int count)
    {
        var (current, position) = (chunks, first / ChunkItems);
        return position < current.Length && current[position] is { } chunk ? chunk.AsSpan(first % ChunkItems, count) : [];
    }

    /// <summary>Replaces a value, and gives back what was there.</summary>
    public T Exchange(int index, T value)
    {
        var position = index / ChunkItems;
        var current = chunks;
        var chunk = position < current.Length ? current[position] : null;
        if (chunk is null)
        {
            if (value.Equals(absent))
                return absent;
            chunk = new T[ChunkItems];
            Array.Fill(chunk, absent);
            if (position >= current.Length)
            {
                Array.Resize(ref current, Math.Max(position + 1, current.Length + (current.Length / 2)));
                chunks = current;
            }

            Volatile.Write(ref current[position], chunk);
        }

        var before = chunk[index % ChunkItems];
        Volatile.WriteBarrier();
        chunk[index % ChunkItems] = value;
        return before;
    }

    /// <summary>The values beside the words that take a bit of each. Words without values are cleared, and values beyond the words left out.</summary>
    public PartsOf Parts(Span<ulong> words) => new(chunks, words);

    /// <summary>Goes over the chunks.</summary>
    public ref struct PartsOf(T[]?[] chunks, Span<ulong> words)
    {
        private const int ChunkWords = ChunkItems / 64;

        private readonly Span<ulong> words = words;
        private int position = -1;

        public readonly PartsOf GetEnumerator() => this;

        public readonly Part Current => new(chunks[position].AsSpan(0, Math.Min(ChunkItems, 64 * WordsOf(position).Length)), WordsOf(position));

        public bool MoveNext()
        {
            while (++position * ChunkWords < words.Length)
            {
                if (position < chunks.Length && chunks[position] is not null)
                    return true;
                WordsOf(position).Clear();
            }

            return false;
        }

        private readonly Span<ulong> WordsOf(int chunk) => words.Slice(chunk * ChunkWords, Math.Min(ChunkWords, words.Length - (chunk * ChunkWords)));
    }

    /// <param name="values">Of consecutive items.</param>
    /// <param name="words">Their words.</param>
    public readonly ref struct Part(ReadOnlySpan<T> values, Span<ulong> words)
    {
        public ReadOnlySpan<T> Values { get; } = values;

        public Span<ulong> Words { get; } = words;
    }
}
