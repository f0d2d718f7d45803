using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RecoService.Engine.Snapshots;

/// <summary>Writes little-endian numbers and keeps the checksum of what it wrote.</summary>
internal sealed class ChecksummedWriter(Stream stream)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private Crc32C checksum = new();

    public void WriteInt32(int value) => WriteInts([value]);

    public void WriteInt64(long value) => WriteInts([(int)value, (int)(value >> 32)]);

    public void WriteSingle(float value) => WriteFloats([value]);

    public void WriteFloats(ReadOnlySpan<float> values) => WriteInts(MemoryMarshal.Cast<float, int>(values));

    public void WriteInts(ReadOnlySpan<int> values)
    {
        while (values.Length > 0)
        {
            var count = Math.Min(values.Length, buffer.Length / sizeof(int));
            for (var place = 0; place < count; place++)
                BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(place * sizeof(int)), values[place]);
            var bytes = buffer.AsSpan(0, count * sizeof(int));
            checksum.Append(bytes);
            stream.Write(bytes);
            values = values[count..];
        }
    }

    public void WriteChecksum()
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, checksum.Value);
        stream.Write(buffer.AsSpan(0, sizeof(uint)));
    }
}
