using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RecoService.Api.Http;

namespace RecoService.Api.Tests.Service;

/// <summary>An answer as it came over the socket.</summary>
internal sealed record RawAnswer(int Status, string Headers, string Body);

/// <summary>Requests byte by byte, for those that an HTTP client would tidy up or refuse to send.</summary>
internal sealed class RawHttp : IAsyncDisposable
{
    private readonly TcpClient client = new();

    /// <summary>Asked for once: a client whose service has gone away gives it no more, and there may be an answer to read.</summary>
    private NetworkStream stream = null!;

    public static async Task<RawAnswer> SendAsync(Uri address, string requestHead, ReadOnlyMemory<byte> body = default)
    {
        await using var http = await ConnectAsync(address);
        await http.WriteAsync(Encoding.Latin1.GetBytes(requestHead.ReplaceLineEndings("\r\n") + "\r\n\r\n"));
        await http.WriteAsync(body);
        return await http.ReadAnswerAsync();
    }

    public static async Task<RawHttp> ConnectAsync(Uri address)
    {
        var http = new RawHttp();
        await http.client.ConnectAsync(address.Host, address.Port);
        http.stream = http.client.GetStream();
        return http;
    }

    /// <summary>A service that has seen enough may answer and close before it has been sent everything; then there is nobody to write to, and the answer says why.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (IOException gone) when (IsClosed(gone))
        {
        }
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads to the end; the request should have asked for <c>Connection: close</c>.</summary>
    public async Task<RawAnswer> ReadAnswerAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes, deadline.Token);
        }
        catch (IOException gone) when (IsClosed(gone))
        {
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"The answer was: {text}");
        return new RawAnswer(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), text[..end], text[(end + 4)..]);
    }

    private static bool IsClosed(IOException exception) =>
        exception.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset or SocketError.ConnectionAborted };

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
