namespace RecoService.Storage.Entities;

/// <summary>Who may do a thing that one replica at a time does. A free lease has no holder.</summary>
internal sealed class LeaseRow
{
    public required string Name { get; set; }

    public string? Holder { get; set; }

    public long? RunId { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public void Free()
    {
        Holder = null;
        RunId = null;
        ExpiresAt = null;
    }
}
