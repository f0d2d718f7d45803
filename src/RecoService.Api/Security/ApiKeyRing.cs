using System.Security.Cryptography;
using System.Text;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>The keys of the shop that a request belongs to.</summary>
internal delegate ApiKeyRing ApiKeysOf(HttpContext context);

/// <summary>A key by its hash.</summary>
/// <param name="KeyHash">As <see cref="KeyHashes"/> makes it.</param>
/// <param name="Caller">Who has it.</param>
internal sealed record ApiKeyEntry(string KeyHash, ApiKeyCaller Caller);

/// <summary>The API keys of a moment, kept as hashes only. Never changes.</summary>
internal sealed class ApiKeyRing
{
    private const int StackBytes = 1024;
    private const int StampBytes = 16;

    private readonly (byte[] Hash, bool IsKeyed, ApiKeyCaller Caller)[] entries;
    private readonly byte[][] secrets;
    private readonly bool hasPlain;

    /// <param name="keys">Their hashes, and who has them.</param>
    /// <param name="peppers">The current one first.</param>
    /// <param name="isOpen">Nobody needs a key, whatever keys there are: none is configured.</param>
    public ApiKeyRing(IEnumerable<ApiKeyEntry> keys, IReadOnlyList<string> peppers, bool isOpen)
    {
        entries = [.. keys.Select(key => (Convert.FromHexString(key.KeyHash[(key.KeyHash.IndexOf(':') + 1)..]), key.KeyHash.StartsWith(KeyHashes.KeyedPrefix, StringComparison.Ordinal), key.Caller))];
        hasPlain = Array.Exists(entries, entry => !entry.IsKeyed);
        secrets = Array.Exists(entries, entry => entry.IsKeyed) ? [.. peppers.Select(KeyHashes.SecretOf)] : [];
        IsEmpty = isOpen;
    }

    /// <summary>Who has a key.</summary>
    public IEnumerable<ApiKeyCaller> Callers => entries.Select(entry => entry.Caller);

    /// <summary>Whether everybody is an administrator.</summary>
    public bool IsEmpty { get; }

    /// <summary>The key that a session was begun with, or null where it is no longer one.</summary>
    public ApiKeyCaller? FindByStamp(string stamp, DateTimeOffset now) => Array.Find(entries, entry => entry.Caller.Stamp == stamp).Caller is { } caller && !caller.IsExpiredAt(now) ? caller : null;

    /// <summary>Whose key was presented, or null. Takes the same time whichever key matches, or none.</summary>
    public ApiKeyCaller? Find(string presented, DateTimeOffset now)
    {
        var size = Encoding.UTF8.GetMaxByteCount(presented.Length);
        var buffer = size <= StackBytes ? stackalloc byte[size] : new byte[size];
        ReadOnlySpan<byte> key = buffer[..Encoding.UTF8.GetBytes(presented, buffer)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ApiKeyCaller? found = null;
        if (hasPlain)
        {
            SHA256.HashData(key, hash);
            Compare(hash, isKeyed: false, ref found);
        }

        foreach (var secret in secrets)
        {
            HMACSHA256.HashData(secret, key, hash);
            Compare(hash, isKeyed: true, ref found);
        }

        return found?.IsExpiredAt(now) == true ? null : found;
    }

    /// <summary>What a session names its key by: hashed once more with the name, so that it is not what a key is compared by.</summary>
    public static string StampOf(string keyHash, string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{keyHash} {name}")).AsSpan(0, StampBytes));

    private void Compare(ReadOnlySpan<byte> hash, bool isKeyed, ref ApiKeyCaller? found)
    {
        foreach (var entry in entries)
        {
            if (entry.IsKeyed == isKeyed && CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                found = entry.Caller;
        }
    }
}
