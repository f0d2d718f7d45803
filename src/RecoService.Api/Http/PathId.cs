using System.Text;
using RecoService.Api.Wire;

namespace RecoService.Api.Http;

/// <summary>
/// An id in a path. <see cref="RawPathRouting"/> hands route values on as they stand in the request line, and this decodes them exactly once,
/// so that <c>a/b</c>, <c>a%2Fb</c>, <c>+</c>, spaces and emoji mean the same here and in a body.
/// </summary>
internal readonly record struct PathId(string Value, string? Problem)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Always succeeds; a bad id is reported by name through <see cref="Problem"/>, which binding could not do.</summary>
    public static bool TryParse(string raw, out PathId id)
    {
        id = TryDecode(raw, out var value)
            ? new PathId(value, ExternalId.Problem(value))
            : new PathId("", "must be percent-encoded UTF-8.");
        return true;
    }

    internal static bool TryDecode(string raw, out string value)
    {
        value = raw;
        if (!raw.Contains('%'))
            return true;

        var bytes = new List<byte>(raw.Length);
        for (var position = 0; position < raw.Length; position++)
        {
            if (raw[position] != '%')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(raw, position, 1));
            }
            else if (position + 2 < raw.Length && char.IsAsciiHexDigit(raw[position + 1]) && char.IsAsciiHexDigit(raw[position + 2]))
            {
                bytes.Add(Convert.ToByte(raw.Substring(position + 1, 2), 16));
                position += 2;
            }
            else
            {
                return false;
            }
        }

        try
        {
            value = StrictUtf8.GetString([.. bytes]);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
