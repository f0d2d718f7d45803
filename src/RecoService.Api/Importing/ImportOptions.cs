using System.Text;

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

    /// <summary>A longer line or CSV record is bad, and costs no more memory than this.</summary>
    public int MaxLineBytes { get; init; } = 1024 * 1024;
}
