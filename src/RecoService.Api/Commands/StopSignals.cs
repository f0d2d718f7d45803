using System.Runtime.InteropServices;

namespace RecoService.Api.Commands;

/// <summary>
/// Ctrl+C and SIGTERM as a token. The first signal asks the command to stop, so that it can show what it has and put the cursor back; a second one ends the process
/// at once. A command lets the <see cref="OperationCanceledException"/> through, and its exit code is 128 + the signal's number, as a shell has it.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;
    private volatile string name = "";
    private volatile int number;

    public StopSignals() => registrations = [Register(PosixSignal.SIGINT, "Ctrl+C", 2), Register(PosixSignal.SIGTERM, "SIGTERM", 15)];

    public CancellationToken Token => source.Token;

    /// <summary>130 after Ctrl+C, 143 after SIGTERM.</summary>
    public int ExitCode => 128 + number;

    /// <summary>For whoever looks at the console.</summary>
    public string Message => $"Stopped by {name}.";

    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, string signalName, int signalNumber) => PosixSignalRegistration.Create(signal, context =>
    {
        if (source.IsCancellationRequested)
            return;
        (name, number) = (signalName, signalNumber);
        context.Cancel = true;
        source.Cancel();
    });
}
