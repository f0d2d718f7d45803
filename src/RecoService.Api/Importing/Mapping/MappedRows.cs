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
internal sealed class MappedRows<T> : IRowReader<T>
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

    public long Line => records.Line;

    public int RowInRecord => row;

    public ImportCounts Counts { get; } = new();

    public string? Delimiter => csv is { Delimiter.Length: > 0 } ? csv.Delimiter : null;

    public IReadOnlyList<string> UnusedColumns => columns?.Unused ?? [];

    public ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        if (fields is null)
            return OpenCsvAsync(ct);
        if (++row < records.RowCount)
            return new ValueTask<bool>(true);
        row = 0;
        return records.ReadAsync(ct);
    }

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
