using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RecoService.Benchmarks.Load;

/// <summary>One keep-alive connection that sends bytes made beforehand, one request at a time, and reads no more of an answer than it must; an HTTP client would cost more than the server.</summary>
internal sealed class LoadConnection : IDisposable
{
    /// <summary>As pools of connections have it: the server closes one that has long been idle, and a request may cross that.</summary>
    private static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(60);

    private readonly IPEndPoint server;
    private Socket socket = NewSocket();
    private long lastUsed = Stopwatch.GetTimestamp();
    private byte[] buffer = new byte[16 * 1024];
    private int filled;

    private LoadConnection(Uri address) => server = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);

    /// <summary>The last answer, head and body.</summary>
    public ReadOnlySpan<byte> Answer => buffer.AsSpan(0, filled);

    public static async Task<LoadConnection> OpenAsync(Uri address)
    {
        var connection = new LoadConnection(address);
        await connection.socket.ConnectAsync(connection.server);
        return connection;
    }

    public static async Task<LoadConnection[]> OpenAsync(Uri address, int count)
    {
        var connections = new LoadConnection[count];
        for (var position = 0; position < count; position++)
            connections[position] = await OpenAsync(address);
        return connections;
    }

    /// <returns>The status of the answer, which has arrived completely.</returns>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        if (Stopwatch.GetElapsedTime(lastUsed) > MaxIdle)
        {
            socket.Dispose();
            socket = NewSocket();
            await socket.ConnectAsync(server);
        }

        lastUsed = Stopwatch.GetTimestamp();
        var sent = 0;
        while (sent < request.Length)
            sent += await socket.SendAsync(request[sent..]);
        filled = 0;
        while (true)
        {
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * buffer.Length);
            var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
            if (received == 0)
                throw new IOException($"The connection was closed in the middle of an answer: {Encoding.UTF8.GetString(Answer)}");
            filled += received;
            if (IsComplete(Answer))
                return ((buffer[9] - '0') * 100) + ((buffer[10] - '0') * 10) + (buffer[11] - '0');
        }
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var headLength = answer.IndexOf("\r\n\r\n"u8) + 4;
        if (headLength < 4)
            return false;
        var head = answer[..headLength];
        if (head.IndexOf("Content-Length: "u8) is >= 0 and var position)
            return answer.Length - headLength >= NumberAt(head[(position + "Content-Length: ".Length)..]);
        return head.IndexOf("Transfer-Encoding: chunked"u8) < 0 || answer.EndsWith("\r\n0\r\n\r\n"u8);
    }

    private static int NumberAt(ReadOnlySpan<byte> text)
    {
        var number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
                break;
            number = (number * 10) + (digit - '0');
        }

        return number;
    }

    public void Dispose() => socket.Dispose();
}
