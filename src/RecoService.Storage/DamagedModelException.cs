namespace RecoService.Storage;

/// <summary>The stored bytes of a model do not match their checksum, or parts of them are missing.</summary>
public sealed class DamagedModelException(int version, string message) : Exception(message)
{
    public int Version { get; } = version;
}
