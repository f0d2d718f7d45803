using System.Text;

namespace RecoService.Api.Importing.Values;

/// <summary>true, false, 1, 0, yes or no, in letters of any case.</summary>
internal static class FlagText
{
    /// <returns>Null when it is none.</returns>
    public static bool? Read(ReadOnlySpan<byte> text)
    {
        text = TextRules.Trim(text);
        if (Ascii.EqualsIgnoreCase(text, "true"u8) || text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "yes"u8))
            return true;
        if (Ascii.EqualsIgnoreCase(text, "false"u8) || text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "no"u8))
            return false;
        return null;
    }
}
