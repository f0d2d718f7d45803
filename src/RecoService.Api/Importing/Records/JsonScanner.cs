using System.Buffers;

namespace RecoService.Api.Importing.Records;

/// <summary>Finds where a JSON value ends, without judging it.</summary>
internal static class JsonScanner
{
    private static readonly SearchValues<byte> Signs = SearchValues.Create("\"{}[],"u8);

    /// <param name="text">Begins with the value.</param>
    /// <param name="end">The first byte behind it.</param>
    /// <returns>False when it does not end in the text.</returns>
    public static bool TryFindEnd(ReadOnlySpan<byte> text, out int end)
    {
        var depth = 0;
        end = 0;
        while (true)
        {
            var found = text[end..].IndexOfAny(Signs);
            if (found < 0)
                return false;
            end += found;
            switch (text[end])
            {
                case (byte)'"':
                    if (!TrySkipString(text, ref end))
                        return false;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    end++;
                    break;
                case (byte)',':
                    if (depth == 0)
                        return true;
                    end++;
                    break;
                default:
                    if (depth == 0)
                        return true;
                    end++;
                    if (--depth == 0)
                        return true;
                    break;
            }
        }
    }

    private static bool TrySkipString(ReadOnlySpan<byte> text, ref int at)
    {
        at++;
        while (true)
        {
            var found = text[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0)
                return false;
            at += found;
            if (text[at] == '"')
            {
                at++;
                return true;
            }

            at += 2;
            if (at >= text.Length)
                return false;
        }
    }
}
