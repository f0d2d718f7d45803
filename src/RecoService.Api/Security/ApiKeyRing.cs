using System.Security.Cryptography;
using System.Text;
using RecoService.Api.Settings;

namespace RecoService.Api.Security;

/// <summary>The configured API keys, kept as hashes only.</summary>
internal sealed class ApiKeyRing(IEnumerable<ApiKeySettings> keys)
{
    private readonly (byte[] Hash, ApiKeySettings Settings)[] entries = [.. keys.Select(key => (Hash(key.Key), key))];

    public bool IsEmpty => entries.Length == 0;

    /// <summary>The entry of a presented key, or null. Takes the same time whichever key matches, or none.</summary>
    public ApiKeySettings? Find(string presented)
    {
        var hash = Hash(presented);
        ApiKeySettings? found = null;
        foreach (var entry in entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
                found = entry.Settings;
        }

        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
