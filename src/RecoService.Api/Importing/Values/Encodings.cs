using System.Text;
using System.Text.Unicode;

namespace RecoService.Api.Importing.Values;

/// <summary>Which encodings a file may have, and what is said of a wrong one.</summary>
internal static class Encodings
{
    /// <summary>By name, as <c>utf-8</c>, <c>windows-1252</c>, <c>latin-1</c>, <c>iso-8859-15</c>, <c>shift_jis</c>; null when unknown.</summary>
    public static Encoding? Find(string name)
    {
        var known = name.Trim().Trim('"').ToLowerInvariant() switch
        {
            "utf8" => "utf-8",
            "latin-1" => "iso-8859-1",
            "cp1252" or "ansi" or "windows1252" => "windows-1252",
            var other => other,
        };
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(known) ?? Encoding.GetEncoding(known);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>Null, or why the record cannot be read.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> record) =>
        Utf8.IsValid(record) ? null : "is not valid UTF-8; a file from Excel or an older system is read with --encoding windows-1252";
}
