using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Snapshots;

/// <summary>Reads what <see cref="ModelWriter"/> wrote. Anything wrong is an <see cref="InvalidDataException"/>.</summary>
/// <param name="stream">At the start of what was written.</param>
/// <param name="formats">Of the parts that may occur.</param>
internal sealed class ModelReader(Stream stream, StoredFormats formats)
{
    /// <summary>How many values are allocated on the word of a length field that nothing else supports.</summary>
    private const int TrustedCount = 256 * 1024;

    private readonly byte[] buffer = new byte[64 * 1024];

    public int ReadInt32() => ReadInts(1)[0];

    public long ReadInt64() => ReadInts(2) is [var low, var high] ? (uint)low | ((long)high << 32) : 0;

    public float ReadSingle() => ReadFloats(1)[0];

    public int ReadCount() => ReadInt32() is >= 0 and var count ? count : throw new InvalidDataException("The stored model is damaged: a count is negative.");

    public int[] ReadInts(long count) => ReadValues<int>(count);

    public float[] ReadFloats(long count) => ReadValues<float>(count);

    /// <summary>What <see cref="ModelWriter.WriteKeys"/> wrote; built when all is read.</summary>
    public Func<KeyMap> ReadKeys()
    {
        var keys = ReadInts(ReadCount());
        return () => KeyMap.FromAscending(keys);
    }

    public string ReadText() => new([.. ReadInts(ReadCount()).Select(unit => (char)unit)]);

    public float[] ReadVector() => ReadFloats(ReadCount());

    public Func<FactorMatrix> ReadFactors()
    {
        var rowCount = ReadCount();
        var factors = ReadCount();
        var values = ReadFloats((long)rowCount * factors);
        return () => new FactorMatrix(rowCount, factors, values);
    }

    public Func<SparseMatrix> ReadMatrix()
    {
        var rowCount = ReadCount();
        var columnCount = ReadCount();
        var lengths = ReadInts(rowCount);
        var entries = 0L;
        foreach (var length in lengths)
            entries += length >= 0 ? length : throw new InvalidDataException("The stored model is damaged: a count is negative.");
        var columns = ReadInts(entries);
        var values = ReadFloats(entries);
        return () => SparseMatrix.FromRows(columnCount, lengths, columns, values);
    }

    /// <summary>What <see cref="ModelWriter.WritePart"/> wrote.</summary>
    public Func<T> ReadPart<T>()
        where T : class => ReadOptionalPart<T>() ?? throw new InvalidDataException("The stored model is damaged: a part of it is missing.");

    /// <summary>The same; null for nothing.</summary>
    public Func<T>? ReadOptionalPart<T>()
        where T : class
    {
        var name = ReadText();
        if (name.Length == 0)
            return null;
        var build = formats.Find(name, ReadInt32()).Read(this);
        return () => build() as T ?? throw new InvalidDataException($"The stored model is damaged: '{name}' is not what stands in this place.");
    }

    /// <summary>A damaged length must not cost memory: it is held against the stream's length where that is known, else the array grows with the data.</summary>
    private T[] ReadValues<T>(long count)
        where T : unmanaged
    {
        if (count > Array.MaxLength || (stream.CanSeek && count * sizeof(int) > stream.Length - stream.Position))
            throw CutShort();

        var values = new T[stream.CanSeek ? count : Math.Min(count, TrustedCount)];
        for (var done = 0; done < count;)
        {
            if (done == values.Length)
                Array.Resize(ref values, (int)Math.Min(count, 2L * values.Length));
            var part = MemoryMarshal.Cast<T, int>(values.AsSpan(done, Math.Min(values.Length - done, buffer.Length / sizeof(int))));
            var bytes = buffer.AsSpan(0, part.Length * sizeof(int));
            Fill(bytes);
            for (var position = 0; position < part.Length; position++)
                part[position] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(position * sizeof(int))..]);
            done += part.Length;
        }

        return values;
    }

    private void Fill(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw CutShort();
    }

    private static InvalidDataException CutShort() => new("The stored model is damaged: it ends too early.");
}
