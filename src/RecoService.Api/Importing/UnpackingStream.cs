using System.IO.Compression;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Importing;

/// <summary>
/// Unpacks gzip and notices a file that ends too early, which <see cref="GZipStream"/> takes for the end of the data. A gzip file may consist of
/// several members: one more with known content is put behind the last, and only behind a complete file is it found there again.
/// </summary>
internal sealed class UnpackingStream : ForwardStream
{
    private static readonly byte[] Mark = "end of the import"u8.ToArray();
    private static readonly byte[] MarkMember = Pack(Mark);
    /// <summary>A small file may be packed very well, and does no harm.</summary>
    private const long FirstJudgedBytes = 4 * 1024 * 1024;

    private readonly MarkedStream marked;
    private readonly GZipStream unpacked;
    private long unpackedBytes;
    private readonly byte[] buffer = new byte[64 * 1024];
    private readonly ImportOptions options;
    private int start;
    private int end;

    /// <param name="packed">The file as it was sent.</param>
    /// <param name="options">How large the file may become.</param>
    public UnpackingStream(Stream packed, ImportOptions options)
    {
        this.options = options;
        marked = new MarkedStream(packed);
        unpacked = new GZipStream(marked, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">The data is damaged or ends too early.</exception>
    /// <exception cref="BadHttpRequestException">It unpacks to more than may be.</exception>
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
            Judge(count);
        }

        var given = Math.Min(buffer.Length, end - start - Mark.Length);
        this.buffer.AsMemory(start, given).CopyTo(buffer);
        start += given;
        return given;
    }

    /// <summary>A bomb of a few kilobytes can unpack to gigabytes; it is refused long before.</summary>
    private void Judge(int count)
    {
        unpackedBytes += count;
        if (unpackedBytes > options.MaxUnpackedBytes)
        {
            throw new BadHttpRequestException(
                $"The gzip file unpacks to more than {options.MaxUnpackedBytes} bytes. Split the file, use the import command, or raise Limits:MaxImportBytes.",
                StatusCodes.Status413PayloadTooLarge);
        }

        if (unpackedBytes > FirstJudgedBytes && unpackedBytes > options.MaxUnpackRatio * marked.PackedBytes)
        {
            throw new BadHttpRequestException(
                $"The gzip file unpacks to more than {options.MaxUnpackRatio} times its size, which no table of real data does. Send it unpacked, use the import command, or raise Limits:MaxImportRatio.",
                StatusCodes.Status413PayloadTooLarge);
        }
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

        public long PackedBytes { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (markFrom < 0)
            {
                var count = await inner.ReadAsync(buffer, cancellationToken);
                PackedBytes += count;
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
