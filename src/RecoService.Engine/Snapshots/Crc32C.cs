using System.Buffers.Binary;
using System.Numerics;

namespace RecoService.Engine.Snapshots;

/// <summary>CRC-32C (Castagnoli) as of RFC 3720, appendix B.4, over bytes that arrive in pieces.</summary>
internal struct Crc32C()
{
    private uint state = uint.MaxValue;

    public readonly uint Value => ~state;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes)
            state = BitOperations.Crc32C(state, value);
    }
}
