using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Importing;

/// <summary>A file's bytes on their way to a reader: unpacked, hashed, in UTF-8. Owns nothing it was given.</summary>
internal sealed class ImportSource : IAsyncDisposable
{
    private readonly HashingStream hashed;
    private readonly List<Stream> layers;

    private ImportSource(HashingStream hashed, List<Stream> layers)
    {
        this.hashed = hashed;
        this.layers = layers;
    }

    public Stream Text => layers[^1];

    /// <summary>SHA-256 of the unpacked bytes; to be asked once, at the end of the file.</summary>
    public string TakeHash() => hashed.TakeHash();

    public static async ValueTask<ImportSource> OpenAsync(Stream file, ImportOptions options, CancellationToken ct)
    {
        var pipe = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var gzip = options.Gzip ?? await BeginsWithGzipMagicAsync(pipe, ct);
        List<Stream> streams = [pipe.AsStream()];
        if (gzip)
            streams.Add(new UnpackingStream(streams[^1], options));
        streams.Add(new RecognizingStream(streams[^1], options, isUnpacked: gzip));
        var hashing = new HashingStream(streams[^1]);
        streams.Add(hashing);
        if (options.Encoding.CodePage != Encoding.UTF8.CodePage)
            streams.Add(Encoding.CreateTranscodingStream(hashing, options.Encoding, Encoding.UTF8, leaveOpen: true));
        return new ImportSource(hashing, streams);
    }

    public async ValueTask DisposeAsync()
    {
        for (var layer = layers.Count - 1; layer >= 0; layer--)
            await layers[layer].DisposeAsync();
    }

    private static async ValueTask<bool> BeginsWithGzipMagicAsync(PipeReader pipe, CancellationToken ct)
    {
        var start = await pipe.ReadAtLeastAsync(2, ct);
        var magic = new byte[2];
        var isGzip = start.Buffer.Length >= 2;
        if (isGzip)
        {
            start.Buffer.Slice(0, 2).CopyTo(magic);
            isGzip = magic is [0x1f, 0x8b];
        }

        pipe.AdvanceTo(start.Buffer.Start);
        return isGzip;
    }
}
