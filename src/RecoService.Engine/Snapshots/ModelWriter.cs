using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RecoService.Engine.Data;
using RecoService.Engine.Numerics;

namespace RecoService.Engine.Snapshots;

/// <summary>Writes models as little-endian numbers.</summary>
internal sealed class ModelWriter(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];

    public void WriteInt32(int value) => WriteInts([value]);

    public void WriteInt64(long value) => WriteInts([(int)value, (int)(value >> 32)]);

    public void WriteSingle(float value) => WriteFloats([value]);

    public void WriteFloats(ReadOnlySpan<float> values) => WriteInts(MemoryMarshal.Cast<float, int>(values));

    public void WriteInts(ReadOnlySpan<int> values)
    {
        while (values.Length > 0)
        {
            var count = Math.Min(values.Length, buffer.Length / sizeof(int));
            for (var position = 0; position < count; position++)
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(position * sizeof(int)), values[position]);
            var bytes = buffer.AsSpan(0, count * sizeof(int));
            stream.Write(bytes);
            values = values[count..];
        }
    }

    /// <summary>A name, as one number per UTF-16 unit.</summary>
    public void WriteText(string text)
    {
        WriteInt32(text.Length);
        WriteInts([.. text.Select(unit => (int)unit)]);
    }

    public void WriteKeys(KeyMap keys)
    {
        WriteInt32(keys.Count);
        WriteInts(keys.Keys);
    }

    public void WriteVector(ReadOnlySpan<float> values)
    {
        WriteInt32(values.Length);
        WriteFloats(values);
    }

    public void WriteFactors(FactorMatrix matrix)
    {
        WriteInt32(matrix.RowCount);
        WriteInt32(matrix.Factors);
        WriteFloats(matrix.Values);
    }

    public void WriteMatrix(SparseMatrix matrix)
    {
        WriteInt32(matrix.RowCount);
        WriteInt32(matrix.ColumnCount);
        for (var row = 0; row < matrix.RowCount; row++)
            WriteInt32(matrix.RowLength(row));
        for (var row = 0; row < matrix.RowCount; row++)
            WriteInts(matrix.RowColumns(row));
        for (var row = 0; row < matrix.RowCount; row++)
            WriteFloats(matrix.RowValues(row));
    }

    /// <summary>A model or a part of one, with its format; null is nothing.</summary>
    /// <exception cref="ArgumentException">It has no stored form.</exception>
    public void WritePart(object? part)
    {
        if (part is null)
        {
            WriteText("");
            return;
        }

        var stored = part as IStored ?? throw new ArgumentException($"{part.GetType().Name} has no stored form.", nameof(part));
        WriteText(stored.Format.Name);
        WriteInt32(stored.Format.Version);
        stored.Write(this);
    }
}
