using System.Text;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing;

internal enum ImportFormat
{
    Csv,
    Ndjson,
}

/// <summary>How a file is to be read. All but the limits speak of CSV.</summary>
internal sealed record ImportOptions
{
    public ImportFormat Format { get; init; } = ImportFormat.Csv;

    /// <summary>True: gzip, false: plain, null: see the first bytes.</summary>
    public bool? Gzip { get; init; }

    public Encoding Encoding { get; init; } = Encoding.UTF8;

    public char Delimiter { get; init; } = ',';

    public bool HasHeader { get; init; } = true;

    /// <summary>False: quotes are ordinary characters.</summary>
    public bool Quotes { get; init; } = true;

    /// <summary>Wire field to column: its name in the header, or its number from 1 where there is none. Columns named like a field need no entry.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>Wire field to a constant for every row.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Columns whose values together make an interaction's id.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>A row that meets any of them is left out.</summary>
    public IReadOnlyList<RowCondition> DropWhen { get; init; } = [];

    /// <summary>Of times that name no zone.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>A .NET date and time format; null: ISO 8601, or Unix seconds or milliseconds.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Import the good rows although there are bad ones.</summary>
    public bool SkipInvalid { get; init; }

    /// <summary>What happens to a row whose id belongs to other content.</summary>
    public ConflictRule OnConflict { get; init; }

    /// <summary>Users and items: the rows of one id become one; the first filled value of each field wins.</summary>
    public bool MergeRows { get; init; }

    /// <summary>Users and items: a row is the whole record. False: fields that the row does not give stay as they are stored.</summary>
    public bool Replace { get; init; }

    /// <summary>The most that merged attributes may hold, in bytes of JSON.</summary>
    public int MaxAttributesBytes { get; init; } = new WireLimits().AttributesBytes;

    public ImportRules Rules => new()
    {
        SkipInvalid = SkipInvalid,
        OnConflict = OnConflict,
        MergeRows = MergeRows,
        Replace = Replace,
        AttributesBytes = MaxAttributesBytes,
    };

    /// <summary>The most that a gzip file may unpack to.</summary>
    public long MaxUnpackedBytes { get; init; } = long.MaxValue;

    /// <summary>How many times its packed size a gzip file may have unpacked.</summary>
    public int MaxUnpackRatio { get; init; } = int.MaxValue;

    /// <summary>A longer line or CSV record is bad, and costs no more memory than this.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;
}
