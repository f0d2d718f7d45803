namespace RecoService.Api.Serving;

/// <summary>Whether a shop has loaded what it serves, and what it is doing until then.</summary>
internal sealed class Readiness
{
    private volatile string? waitingFor = "Starting.";

    public bool IsReady => waitingFor is null;

    /// <summary>What start-up is waiting for, or null once it is over.</summary>
    public string? WaitingFor => waitingFor;

    public void WaitFor(string reason) => waitingFor = reason;

    public void Complete() => waitingFor = null;

    /// <summary>Why the start was given up, or null.</summary>
    public string? Failure { get; private set; }

    public void Fail(string reason)
    {
        waitingFor = reason;
        Failure = reason;
    }
}
