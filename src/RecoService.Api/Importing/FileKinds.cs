using System.Text;
using RecoService.Api.Importing.Options;

namespace RecoService.Api.Importing;

/// <summary>Knows files that are no tables by their first bytes, and says what to do with them.</summary>
internal static class FileKinds
{
    /// <summary>So many bytes at the start of a file tell what it is.</summary>
    public const int StartBytes = 512;

    private const string Spreadsheet = "; save the sheet as \"CSV UTF-8\" and import that file";

    private static readonly (byte[] Magic, int Offset, string Fault)[] Known =
    [
        ([.. "BZh"u8], 0, Packed("bzip2", "bzcat")),
        ([0xfd, .. "7zXZ\0"u8], 0, Packed("xz", "xzcat")),
        ([0x28, 0xb5, 0x2f, 0xfd], 0, Packed("Zstandard", "zstdcat")),
        ([0x04, 0x22, 0x4d, 0x18], 0, Packed("LZ4", "lz4cat")),
        ([0x1f, 0x9d], 0, Packed("compress", "zcat")),
        ([0x1f, 0x8b], 0, "is packed with gzip twice; unpack it once"),
        ([.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c], 0, "is a 7z archive; unpack it and import the file in it"),
        ([.. "Rar!\x1a\x07"u8], 0, "is a RAR archive; unpack it and import the file in it"),
        ([.. "ustar"u8], 257, "is a tar archive; unpack it (tar xf) and import the file in it"),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], 0, $"is an old Excel workbook (xls){Spreadsheet}"),
        ([.. "%PDF-"u8], 0, "is a PDF document; export the data as CSV or NDJSON"),
        ([.. "PAR1"u8], 0, "is a Parquet file; write it as CSV or NDJSON first"),
        ([.. "Obj\x01"u8], 0, "is an Avro file; write it as NDJSON first"),
        ([.. "ORC"u8], 0, "is an ORC file; write it as CSV or NDJSON first"),
        ([.. "SQLite format 3\0"u8], 0, "is a SQLite database; export the table as CSV"),
        ([.. "version https://git-lfs"u8], 0, "is a pointer of Git LFS and not the file itself; fetch it with git lfs pull"),
    ];

    /// <summary>Null, or what the file is and what to do. The text speaks of the file.</summary>
    /// <param name="start">The first bytes, at most <see cref="StartBytes"/>.</param>
    /// <param name="options">How it is to be read.</param>
    public static string? FaultOf(ReadOnlySpan<byte> start, ImportOptions options)
    {
        foreach (var (magic, offset, fault) in Known)
        {
            if (start.Length > offset && start[offset..].StartsWith(magic))
                return fault;
        }

        if (start.StartsWith("PK\x03\x04"u8) || start.StartsWith("PK\x05\x06"u8))
            return ArchiveFault(start);
        if (Utf16Fault(start, options.Encoding) is { } utf16)
            return utf16;

        var text = start.StartsWith(Encoding.UTF8.Preamble) ? start[3..] : start;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.StartsWith("<"u8))
            return MarkupFault(text);
        return options.Format == ImportFormat.Csv && IsJson(text)
            ? "is JSON; give the format ndjson, which reads an object on each line or one array of objects"
            : null;
    }

    private static string Packed(string name, string unpack) =>
        $"is packed with {name}; unpack it or pack it with gzip, as {unpack} FILE | gzip > FILE.gz";

    /// <summary>Excel and OpenDocument files are zip archives whose first entries give them away.</summary>
    private static string ArchiveFault(ReadOnlySpan<byte> start)
    {
        if (start.IndexOf("[Content_Types].xml"u8) >= 0 || start.IndexOf("xl/"u8) >= 0 || start.IndexOf("_rels/.rels"u8) >= 0 || start.IndexOf("docProps/"u8) >= 0)
            return $"is an Excel workbook (xlsx){Spreadsheet}";
        return start.IndexOf("opendocument.spreadsheet"u8) >= 0
            ? $"is an OpenDocument spreadsheet (ods){Spreadsheet}"
            : "is a zip archive; unpack it and import the file in it, packed with gzip or not";
    }

    /// <summary>With a byte order mark or without: of text in a Latin script every other byte is zero.</summary>
    private static string? Utf16Fault(ReadOnlySpan<byte> start, Encoding given)
    {
        if (given.CodePage is 1200 or 1201 or 12000 or 12001)
            return null;
        var zeros = (Even: 0, Odd: 0);
        for (var position = 0; position < start.Length; position++)
        {
            if (start[position] == 0 && position % 2 == 0)
                zeros.Even++;
            else if (start[position] == 0)
                zeros.Odd++;
        }

        var isLittle = start is [0xff, 0xfe, ..] || (start.Length >= 8 && zeros.Even == 0 && zeros.Odd * 3 > start.Length);
        var isBig = start is [0xfe, 0xff, ..] || (start.Length >= 8 && zeros.Odd == 0 && zeros.Even * 3 > start.Length);
        if (!isLittle && !isBig)
            return null;
        return $"is in UTF-16 (Excel calls it Unicode Text); give the encoding {(isLittle ? "utf-16" : "utf-16be")}, or save it as UTF-8";
    }

    private static string? MarkupFault(ReadOnlySpan<byte> text)
    {
        var start = Encoding.Latin1.GetString(text);
        if (start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase) || start.Contains("<html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<head", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<!--", StringComparison.Ordinal))
            return "is a web page (HTML), perhaps a log-in page or an error page saved under the export's name; download the export again";
        return start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<rss", StringComparison.Ordinal) || start.StartsWith("<feed", StringComparison.Ordinal)
            ? "is XML; export the data as CSV, TSV or NDJSON"
            : null;
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        if (text is not [(byte)'{' or (byte)'[', ..])
            return false;
        var rest = text[1..].TrimStart(" \t\r\n"u8);
        return text[0] == '{' ? rest.StartsWith("\""u8) && rest.IndexOf(":"u8) > 0 : rest.StartsWith("{"u8);
    }
}
