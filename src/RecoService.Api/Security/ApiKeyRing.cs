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
    private const int StampBytes = 16;

    private readonly (byte[] Hash, ApiKeyCaller Caller)[] entries =
        [.. keys.Select(key => (SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), new ApiKeyCaller(key.Name, key.Role, key.RequestsPerSecond, StampOf(key))))];

    /// <summary>Who has a key.</summary>
    public IEnumerable<ApiKeyCaller> Callers => entries.Select(entry => entry.Caller);

    public bool IsEmpty => entries.Length == 0;

    /// <summary>The key that a session was begun with, or null where it is no longer one.</summary>
    public ApiKeyCaller? FindByStamp(string stamp) => Array.Find(entries, entry => entry.Caller.Stamp == stamp).Caller;

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

    /// <summary>Hashed twice, so that what a session holds is not what a key is compared by.</summary>
    private static string StampOf(ApiKeySettings key) =>
        Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(Encoding.UTF8.GetBytes(key.Key)), .. Encoding.UTF8.GetBytes(key.Name)]).AsSpan(0, StampBytes));
}
