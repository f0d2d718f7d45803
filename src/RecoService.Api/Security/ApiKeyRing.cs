using System.Security.Cryptography;
using System.Text;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>The keys of the shop that a request belongs to.</summary>
internal delegate ApiKeyRing ApiKeysOf(HttpContext context);

/// <summary>The configured API keys, kept as hashes only.</summary>
internal sealed class ApiKeyRing(IEnumerable<ApiKeySettings> keys)
{
    private const int StackBytes = 1024;

    private readonly (byte[] Hash, ApiKeyCaller Caller)[] entries =
        [.. keys.Select(key => (SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), new ApiKeyCaller(key.Name, key.Role, key.RequestsPerSecond)))];

    public bool IsEmpty => entries.Length == 0;

    /// <summary>Whose key was presented, or null. Takes the same time whichever key matches, or none.</summary>
    public ApiKeyCaller? Find(string presented)
    {
        var size = Encoding.UTF8.GetMaxByteCount(presented.Length);
        var bytes = size <= StackBytes ? stackalloc byte[size] : new byte[size];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(presented, bytes)], hash);

        ApiKeyCaller? found = null;
        foreach (var entry in entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                found = entry.Caller;
        }

        return found;
    }
}
