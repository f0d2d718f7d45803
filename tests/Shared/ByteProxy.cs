using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RecoService.Tests.Shared;

/// <summary>What becomes of a connection whose client sends the bytes that are waited for.</summary>
public enum Cut
{
    /// <summary>They do not reach the server, and the connection ends.</summary>
    BeforeTheServer,

    /// <summary>The server answers, which ends the connection; the client does not get the answer.</summary>
    BeforeTheAnswer,

    /// <summary>The same, but the connection stays open and says nothing any more.</summary>
    Silence,
}

/// <summary>
/// Forwards bytes between clients and a server, and loses them at a chosen moment. It knows nothing of what it forwards: a moment is a text in what a client sends.
/// </summary>
public sealed class ByteProxy : IAsyncDisposable
{
    /// <summary>PostgreSQL's commit; without its end it would be part of READ COMMITTED too.</summary>
    public const string Commit = "COMMIT\0";

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly int serverPort;
    private readonly Task accepting;
    private volatile Order? order;
    private int cuts;

    private ByteProxy(int serverPort)
    {
        this.serverPort = serverPort;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut so far.</summary>
    public int Cuts => Volatile.Read(ref cuts);

    /// <summary>New connections end at once, as if the server were away.</summary>
    public bool Refuses { get; set; }

    /// <summary>To a port of this machine.</summary>
    public static ByteProxy To(int serverPort) => new(serverPort);

    /// <summary>Cuts the next connection whose client sends this text, and no other.</summary>
    /// <param name="text">As <see cref="Commit"/>.</param>
    /// <param name="cut">How.</param>
    /// <param name="then">Done at that moment, before the client can notice.</param>
    public void CutOnceAt(string text, Cut cut, Func<Task>? then = null) => order = new Order(Encoding.ASCII.GetBytes(text), cut, then);

    /// <summary>Does something the next time a client sends this text, before the server gets it, and cuts nothing.</summary>
    public void DoOnceAt(string text, Func<Task> then) => order = new Order(Encoding.ASCII.GetBytes(text), null, then);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await listener.AcceptTcpClientAsync(end.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient { NoDelay = true };
        using (client)
        {
            try
            {
                if (Refuses)
                    return;
                client.NoDelay = true;
                await server.ConnectAsync(IPAddress.Loopback, serverPort, end.Token);
                using var gone = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
                var link = new Link(client.GetStream(), server.GetStream());
                await Task.WhenAny(SendAsync(link, gone.Token), AnswerAsync(link, gone.Token));
                await gone.CancelAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One of the two has hung up.
            }
        }
    }

    private async Task SendAsync(Link link, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        for (int count; (count = await link.Client.ReadAsync(buffer, ct)) > 0;)
        {
            if (order is { } due && buffer.AsSpan(0, count).IndexOf(due.Text) >= 0 && Interlocked.CompareExchange(ref order, null, due) == due)
            {
                link.Order = due.Cut is null ? null : due;
                if (due.Cut is null)
                    await due.Then!();
                else if (due.Cut == Cut.BeforeTheServer)
                {
                    await CarryOutAsync(due);
                    return;
                }
            }

            await link.Server.WriteAsync(buffer.AsMemory(0, count), ct);
        }
    }

    private async Task AnswerAsync(Link link, CancellationToken ct)
    {
        var buffer = new byte[1 << 16];
        for (int count; (count = await link.Server.ReadAsync(buffer, ct)) > 0;)
        {
            if (link.Order is { } due)
            {
                await CarryOutAsync(due);
                if (due.Cut == Cut.Silence)
                    await Task.Delay(Timeout.Infinite, ct);
                return;
            }

            await link.Client.WriteAsync(buffer.AsMemory(0, count), ct);
        }
    }

    private async Task CarryOutAsync(Order due)
    {
        if (due.Then is { } then)
            await then();
        Interlocked.Increment(ref cuts);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await accepting;
        end.Dispose();
    }

    private sealed record Order(byte[] Text, Cut? Cut, Func<Task>? Then);

    private sealed class Link(NetworkStream client, NetworkStream server)
    {
        private volatile Order? order;

        public NetworkStream Client => client;

        public NetworkStream Server => server;

        public Order? Order
        {
            get => order;
            set => order = value;
        }
    }
}
