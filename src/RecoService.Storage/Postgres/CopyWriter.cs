using System.Buffers.Binary;
using System.Text;

namespace RecoService.Storage.Postgres;

/// <summary>Writes the binary COPY format. Values are copied into one buffer, which goes out in large pieces. By hand, because Npgsql's importer looks up a type for each value.</summary>
internal sealed class CopyWriter
{
    private const int FlushBytes = 1 << 16;

    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];

    private byte[] buffer = new byte[2 * FlushBytes];
    private int position;

    public bool IsFull => position >= FlushBytes;

    public void Start()
    {
        position = 0;
        Header.CopyTo(buffer, 0);
        position = Header.Length;
    }

    public void StartRow(short columns) => BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), columns);

    public void Write(int value) => BinaryPrimitives.WriteInt32BigEndian(Field(sizeof(int)), value);

    public void Write(short value) => BinaryPrimitives.WriteInt16BigEndian(Field(sizeof(short)), value);

    public void Write(bool value) => Field(1)[0] = value ? (byte)1 : (byte)0;

    public void Write(long value) => BinaryPrimitives.WriteInt64BigEndian(Field(sizeof(long)), value);

    public void Write(long? value)
    {
        if (value is { } given)
            Write(given);
        else
            WriteNull();
    }

    public void Write(double? value)
    {
        if (value is { } given)
            BinaryPrimitives.WriteDoubleBigEndian(Field(sizeof(double)), given);
        else
            WriteNull();
    }

    public void Write(Guid? value)
    {
        if (value is { } given)
            given.TryWriteBytes(Field(16), bigEndian: true, out _);
        else
            WriteNull();
    }

    public void Write(string? value)
    {
        if (value is null)
        {
            WriteNull();
            return;
        }

        Encoding.UTF8.GetBytes(value, Field(Encoding.UTF8.GetByteCount(value)));
    }

    public void WriteText(ReadOnlySpan<byte> utf8) => utf8.CopyTo(Field(utf8.Length));

    /// <summary>numeric: groups of four decimal digits, aligned at the decimal point.</summary>
    public void Write(decimal? value)
    {
        if (value is not { } given)
        {
            WriteNull();
            return;
        }

        var (digits, weight) = GroupsOf(Math.Abs(given));
        var field = Field(8 + 2 * digits.Count);
        BinaryPrimitives.WriteInt16BigEndian(field, (short)digits.Count);
        BinaryPrimitives.WriteInt16BigEndian(field[2..], (short)weight);
        BinaryPrimitives.WriteUInt16BigEndian(field[4..], given < 0 ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(field[6..], given.Scale);
        for (var digit = 0; digit < digits.Count; digit++)
            BinaryPrimitives.WriteInt16BigEndian(field[(8 + 2 * digit)..], digits[digit]);
    }

    public void WriteNull() => BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), -1);

    public async ValueTask FlushAsync(Stream stream, CancellationToken ct)
    {
        await stream.WriteAsync(buffer.AsMemory(0, position), ct);
        position = 0;
    }

    public async ValueTask EndAsync(Stream stream, CancellationToken ct)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(sizeof(short)), -1);
        await FlushAsync(stream, ct);
    }

    private static (List<short> Digits, int Weight) GroupsOf(decimal value)
    {
        var whole = decimal.Truncate(value);
        var fraction = value - whole;
        List<short> digits = [];
        for (; whole > 0; whole = decimal.Truncate(whole / 10_000))
            digits.Insert(0, (short)(whole % 10_000));
        var weight = digits.Count - 1;
        for (; fraction > 0; fraction -= decimal.Truncate(fraction))
        {
            fraction *= 10_000;
            digits.Add((short)decimal.Truncate(fraction));
        }

        return (digits, weight);
    }

    private Span<byte> Field(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(sizeof(int)), length);
        return Room(length);
    }

    private Span<byte> Room(int length)
    {
        if (buffer.Length - position < length)
            Array.Resize(ref buffer, Math.Max(2 * buffer.Length, position + length));
        position += length;
        return buffer.AsSpan(position - length, length);
    }
}
