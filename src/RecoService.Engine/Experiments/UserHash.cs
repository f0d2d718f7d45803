using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RecoService.Engine.Experiments;

/// <summary>
/// A number of [0, 1) for a user under a salt: the first 8 bytes, big-endian, of the SHA-256 of the salt in UTF-8, a zero byte and the id in UTF-8, of which the highest 53 bits are divided by
/// 2^53. It is the same on every machine, in every process and version, so an assignment needs no state. Numbers under different salts are independent of each other.
/// </summary>
public static class UserHash
{
    private const int OnStack = 512;

    /// <param name="salt">What the number is for; has no zero character, which parts it from the id.</param>
    /// <param name="userId">The user's id.</param>
    /// <returns>Uniform in [0, 1), in steps of 2^-53.</returns>
    /// <exception cref="ArgumentException">The salt has a zero character.</exception>
    public static double Of(string salt, string userId)
    {
        if (salt.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A salt has no zero character.", nameof(salt));
        var length = Encoding.UTF8.GetMaxByteCount(salt.Length + userId.Length) + 1;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var bytes = rented is null ? stackalloc byte[OnStack] : rented;
        var written = Encoding.UTF8.GetBytes(salt, bytes);
        bytes[written++] = 0;
        written += Encoding.UTF8.GetBytes(userId, bytes[written..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..written], hash);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
