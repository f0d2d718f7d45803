using RecoService.Api.Importing;

namespace RecoService.Api.Tests.Importing;

/// <summary>A start, and then the same bytes over and over: a file of any size that takes no memory.</summary>
internal sealed class RepeatedStream(byte[] start, byte[] row, int times) : ForwardStream
{
    private byte[] current = start;
    private int from;
    private int left = times;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var given = 0;
        while (given < buffer.Length && (from < current.Length || left > 0))
        {
            if (from == current.Length)
            {
                (current, from) = (row, 0);
                left--;
            }

            var part = current.AsMemory(from, Math.Min(current.Length - from, buffer.Length - given));
            part.CopyTo(buffer[given..]);
            from += part.Length;
            given += part.Length;
        }

        return ValueTask.FromResult(given);
    }
}
