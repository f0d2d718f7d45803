using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>Looks at the first bytes of a file before anybody reads them, and refuses what is no table.</summary>
/// <param name="inner">The file, unpacked.</param>
/// <param name="options">How it is to be read.</param>
/// <param name="isUnpacked">It came out of a gzip file.</param>
internal sealed class RecognizingStream(Stream inner, ImportOptions options, bool isUnpacked) : ForwardStream
{
    private byte[]? start;
    private int given;

    /// <exception cref="InvalidRequestException">The file is of a kind that cannot be read.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        start ??= await LookAsync(cancellationToken);
        if (given == start.Length)
            return await inner.ReadAsync(buffer, cancellationToken);
        var count = Math.Min(buffer.Length, start.Length - given);
        start.AsMemory(given, count).CopyTo(buffer);
        given += count;
        return count;
    }

    private async ValueTask<byte[]> LookAsync(CancellationToken ct)
    {
        var first = new byte[FileKinds.StartBytes];
        var count = await inner.ReadAtLeastAsync(first, first.Length, throwOnEndOfStream: false, ct);
        if (FileKinds.FaultOf(first.AsSpan(0, count), options) is { } fault)
            throw new InvalidRequestException([new FieldProblem(FieldProblem.Body, isUnpacked ? $"(in the gzip file) {fault}" : fault)]);
        return first[..count];
    }
}
