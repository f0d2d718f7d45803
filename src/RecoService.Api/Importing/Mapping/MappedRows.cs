using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Mapping;

internal enum RowOutcome
{
    Valid,
    Dropped,
    Invalid,
}

/// <summary>The rows of a file, one at a time and in constant memory: records, mapped to fields, bound.</summary>
internal sealed class MappedRows<T> : IDisposable
{
    private readonly RowBinder<T> binder;
    private readonly ImportOptions options;
    private readonly RecordReader records;
    private readonly CsvRecords? csv;
    private CsvNames? columns;
    private RowFields? fields;
    private int row;

    public MappedRows(Stream text, RowBinder<T> binder, ImportOptions options)
    {
        (this.binder, this.options) = (binder, options);
        if (options.Format == ImportFormat.Csv)
        {
            records = csv = new CsvRecords(text, options);
            return;
        }

        var paths = new JsonPaths();
        foreach (var ignored in options.Ignore)
            paths.Ignore(ignored);
        var plan = ImportPlan.Create(binder, options, paths);
        records = new JsonRecords(text, paths, options);
        fields = new RowFields(plan, options, records, Counts);
    }

    /// <summary>Line of the file on which the current row's record begins, from 1; after the last row, the last line.</summary>
    public long Line => records.Line;

    /// <summary>The row's place in its record, from 0.</summary>
    public int RowInRecord => row;

    public ImportCounts Counts { get; } = new();

    /// <summary>Of a CSV file, once a row was asked for.</summary>
    public string? Delimiter => csv is { Delimiter.Length: > 0 } ? csv.Delimiter : null;

    /// <summary>Columns of a CSV file that stand for no field.</summary>
    public IReadOnlyList<string> UnusedColumns => columns?.Unused ?? [];

    /// <summary>Goes on to the next row; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be unpacked.</exception>
    /// <exception cref="InvalidRequestException">The options do not fit the file.</exception>
    public ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        if (fields is null)
            return OpenCsvAsync(ct);
        if (++row < records.RowCount)
            return new ValueTask<bool>(true);
        row = 0;
        return records.ReadAsync(ct);
    }

    /// <summary>Reads the current row; a bad one leaves at least one problem.</summary>
    public RowOutcome Take(ICollection<FieldProblem> problems, out T bound)
    {
        bound = default!;
        if (row == 0 && !records.TryAccept(problems))
            return RowOutcome.Invalid;
        if (records.IsRepeatedHeader)
            return RowOutcome.Dropped;
        fields!.MoveTo(row);
        if (fields.IsDropped())
            return RowOutcome.Dropped;
        return binder.TryBind(fields, problems, out bound) ? RowOutcome.Valid : RowOutcome.Invalid;
    }

    public void Dispose() => records.Dispose();

    private async ValueTask<bool> OpenCsvAsync(CancellationToken ct)
    {
        if (!await csv!.OpenAsync(ct))
            return false;
        columns = new CsvNames(csv.Header, csv.ColumnCount, options.Ignore);
        fields = new RowFields(ImportPlan.Create(binder, options, columns), options, csv, Counts);
        return await csv.ReadAsync(ct);
    }
}
