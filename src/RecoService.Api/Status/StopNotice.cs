namespace RecoService.Api.Status;

/// <summary>Whether the process was told to stop: it still answers, and no new request should come.</summary>
internal sealed class StopNotice
{
    private volatile bool isGiven;

    public bool IsGiven => isGiven;

    public void Give() => isGiven = true;
}
