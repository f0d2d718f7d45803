using System.Security.Cryptography;
using System.Text;

namespace RecoService.Api.Settings;

/// <summary>
/// How keys are kept: by HMAC-SHA256 (RFC 2104) with the pepper, or by SHA-256 where there is none. One round is enough, because a key is drawn at random from 2^256 and nobody can try them all; what
/// people think of would need a slow hash.
/// </summary>
internal static class KeyHashes
{
    public const string PlainPrefix = "sha256:";
    public const string KeyedPrefix = "hmac-sha256:";

    private const string KeyPrefix = "reco_";
    private const int KeyBytes = 32;
    private const string Purpose = "api keys";

    /// <summary>A key that nobody has.</summary>
    public static string NewKey() => KeyPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>The hash of a key as it is kept: with the first pepper, or with none.</summary>
    public static string Of(string key, IReadOnlyList<string> peppers)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return peppers.Count == 0
            ? PlainPrefix + Convert.ToHexStringLower(SHA256.HashData(bytes))
            : KeyedPrefix + Convert.ToHexStringLower(HMACSHA256.HashData(SecretOf(peppers[0]), bytes));
    }

    /// <summary>What a pepper is for keys; for the audit log it is another.</summary>
    public static byte[] SecretOf(string pepper) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(pepper), Encoding.UTF8.GetBytes(Purpose));
}
