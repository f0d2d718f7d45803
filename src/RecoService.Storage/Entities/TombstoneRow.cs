namespace RecoService.Storage.Entities;

/// <summary>What is left of an erased user: the key, so that every replica and every stored model drops it.</summary>
internal sealed class TombstoneRow
{
    public int UserKey { get; set; }

    public DateTimeOffset ErasedAt { get; set; }

    public long Change { get; set; }
}
