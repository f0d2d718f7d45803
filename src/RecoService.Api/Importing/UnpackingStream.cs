using System.IO.Compression;

namespace RecoService.Api.Importing;

/// <summary>
/// Unpacks gzip and notices a file that ends too early, which <see cref="GZipStream"/> takes for the end of the data. A gzip file may consist of
/// several members: one more with known content is put behind the last, and only behind a complete file is it found there again.
/// </summary>
internal sealed class UnpackingStream(Stream packed) : ForwardStream
{
    private static readonly byte[] Mark = "end of the import"u8.ToArray();
    private static readonly byte[] MarkMember = Pack(Mark);
    private readonly GZipStream unpacked = new(new MarkedStream(packed), CompressionMode.Decompress);
    private readonly byte[] buffer = new byte[64 * 1024];
    private int start;
    private int end;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (end - start <= Mark.Length)
        {
            this.buffer.AsSpan(start..end).CopyTo(this.buffer);
            end -= start;
            start = 0;
            var count = await unpacked.ReadAsync(this.buffer.AsMemory(end), cancellationToken);
            if (count == 0)
            {
                return this.buffer.AsSpan(0, end).SequenceEqual(Mark)
                    ? 0
                    : throw new InvalidDataException("The gzip data is damaged or ends too early.");
            }

            end += count;
        }

        var given = Math.Min(buffer.Length, end - start - Mark.Length);
        this.buffer.AsMemory(start, given).CopyTo(buffer);
        start += given;
        return given;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            unpacked.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] content)
    {
        using var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionMode.Compress))
            gzip.Write(content);
        return member.ToArray();
    }

    private sealed class MarkedStream(Stream inner) : ForwardStream
    {
        private int markFrom = -1;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (markFrom < 0)
            {
                var count = await inner.ReadAsync(buffer, cancellationToken);
                if (count > 0)
                    return count;
                markFrom = 0;
            }

            var rest = MarkMember.AsMemory(markFrom);
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            markFrom += rest.Length;
            return rest.Length;
        }
    }
}
