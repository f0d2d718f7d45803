namespace RecoService.Api.Importing;

/// <summary>Opens what an import reads: a file, a named pipe, or the standard input as <c>-</c> or <c>/dev/stdin</c>.</summary>
internal static class ImportFile
{
    public static async Task<Stream> OpenAsync(string path, CancellationToken ct)
    {
        if (path is "-" or "/dev/stdin")
            return new InterruptibleStream(Console.OpenStandardInput());
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is a folder; name a file in it.");
        // A named pipe opens when somebody writes to it, which may be never.
        var file = await Task.Run(
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.Asynchronous | FileOptions.SequentialScan),
            CancellationToken.None).WaitAsync(ct);
        return file.CanSeek ? file : new InterruptibleStream(file);
    }

    /// <summary>A pipe's read ends when data comes, whatever the token says; whoever waits for it goes away when the token says so.</summary>
    private sealed class InterruptibleStream(Stream pipe) : ForwardStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // The abandoned read may still fill its buffer, which must not be in use for anything else by then.
            var own = new byte[buffer.Length];
            var count = await Task.Run(() => pipe.Read(own), CancellationToken.None).WaitAsync(cancellationToken);
            own.AsMemory(0, count).CopyTo(buffer);
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                pipe.Dispose();
            base.Dispose(disposing);
        }
    }
}
