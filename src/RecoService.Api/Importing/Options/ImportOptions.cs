using System.Text;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;
using RecoService.Storage;

namespace RecoService.Api.Importing.Options;

internal enum ImportFormat
{
    Csv,
    Ndjson,
}

/// <summary>How a file is to be read.</summary>
internal sealed record ImportOptions
{
    public ImportFormat Format { get; init; } = ImportFormat.Csv;

    /// <summary>True: gzip, false: plain, null: see the first bytes.</summary>
    public bool? Gzip { get; init; }

    public Encoding Encoding { get; init; } = Encoding.UTF8;

    /// <summary>Between the fields of a CSV file; null: found by looking.</summary>
    public string? Delimiter { get; init; }

    public bool HasHeader { get; init; } = true;

    /// <summary>False: quotes are ordinary characters.</summary>
    public bool Quotes { get; init; } = true;

    /// <summary>Wire field to where it is read from, as <see cref="SourceText"/> writes it: <c>a|b</c> is the first that is not empty, <c>a+b</c> both together.
    /// What is named like a field needs no entry.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>Wire field to a constant for every row.</summary>
    public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();

    /// <summary>Wire field to what its values are called in the file, and what they are.</summary>
    public IReadOnlyDictionary<string, List<(string From, string To)>> Values { get; init; } = new Dictionary<string, List<(string, string)>>();

    /// <summary>Wire field to what stands between its entries; a field that takes one text takes the first.</summary>
    public IReadOnlyDictionary<string, List<string>> Lists { get; init; } = new Dictionary<string, List<string>>();

    /// <summary>Columns of 0 and 1, each of which says whether a list has a text.</summary>
    public IReadOnlyList<(string Field, string Text, string Column)> Flags { get; init; } = [];

    /// <summary>Columns whose values together make an interaction's id.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>A row that meets any of them is left out.</summary>
    public IReadOnlyList<RowCondition> DropWhen { get; init; } = [];

    /// <summary>Columns whose blanks mean what stands above, as long as the key columns do not change.</summary>
    public IReadOnlyList<(IReadOnlyList<string> Key, IReadOnlyList<string> Columns)> FillDown { get; init; } = [];

    /// <summary>Columns or paths that stand for nothing.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Members of JSON objects that stand for nothing are passed over; else they are faults.</summary>
    public bool IgnoreUnknown { get; init; }

    /// <summary>Texts that mean that there is nothing.</summary>
    public IReadOnlyList<string> Nulls { get; init; } = [];

    public DecimalSign Decimal { get; init; } = DecimalSign.Unstated;

    /// <summary>White space around values is left out.</summary>
    public bool Trim { get; init; } = true;

    /// <summary>Texts that are too long are cut; else they are faults.</summary>
    public bool Truncate { get; init; }

    /// <summary>Of times that name no zone.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>A .NET date and time format; null: what can be read in one way only.</summary>
    public string? TimeFormat { get; init; }

    /// <summary>Times are numbers of this unit; null: Unix times, by their size.</summary>
    public TimeUnit? TimeUnit { get; init; }

    /// <summary>The wall-clock time from which units count.</summary>
    public DateTime TimeOrigin { get; init; } = DateTime.UnixEpoch;

    /// <summary>All that is said of times.</summary>
    public TimeRules Times => new(TimeZone, TimeFormat, TimeUnit, TimeOrigin, Decimal);

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
