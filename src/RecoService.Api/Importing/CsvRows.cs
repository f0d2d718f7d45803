using System.Text;
using System.Text.Unicode;
using CsvHelper;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>The records of a CSV file. A record too long for memory is bad; reading goes on with the line after it.</summary>
internal sealed class CsvRows<T> : IRowSource<T>
{
    private readonly LineStream stream;
    private readonly RowBinder<T> binder;
    private readonly ImportOptions options;
    private CsvReader reader;
    private CsvFields? fields;
    private CsvPlan? plan;
    private long linesBefore;
    private bool isTooLong;
    private (long Line, CsvMalformedReason Reason) malformed;

    public CsvRows(LineStream stream, RowBinder<T> binder, ImportOptions options)
    {
        this.stream = stream;
        this.binder = binder;
        this.options = options;
        reader = OpenReader();
    }

    public long Line { get; private set; }

    public async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        var found = await ReadRecordAsync(ct);
        if (plan is null && found && !isTooLong)
        {
            string[]? header = null;
            var columnCount = reader.FieldCount;
            if (options.HasHeader)
            {
                header = [.. Enumerable.Range(0, columnCount).Select(reader.GetString)];
                found = await ReadRecordAsync(ct);
            }

            plan = CsvPlan.Create(binder, options, header, columnCount);
            fields = new CsvFields(plan, options);
        }

        return found;
    }

    public RowOutcome Take(ICollection<FieldProblem> problems, out T row)
    {
        row = default!;
        if (FindRecordFault() is { } fault)
        {
            problems.Add(new FieldProblem("the record", fault));
            return RowOutcome.Invalid;
        }

        foreach (var (column, condition) in plan!.Conditions)
        {
            if (condition.Holds(reader.GetSpan(column)))
                return RowOutcome.Dropped;
        }

        fields!.Reader = reader;
        return binder.TryBind(fields, problems, out row) ? RowOutcome.Valid : RowOutcome.Invalid;
    }

    public void Dispose() => reader.Dispose();

    private async ValueTask<bool> ReadRecordAsync(CancellationToken ct)
    {
        try
        {
            if (!await reader.ReadAsync(ct))
                return false;
            Line = linesBefore + reader.LineNumber;
            isTooLong = reader.RawRecord.Length > options.MaxLineBytes;
        }
        catch (CsvFormatException e)
        {
            // Only a record that outgrows the buffer makes the reader throw: one whose quote is never closed.
            Line = linesBefore + e.LineNumber;
            isTooLong = true;
            reader.Dispose();
            await stream.SkipLineAsync(ct);
            linesBefore = stream.LineFeeds;
            reader = OpenReader();
        }

        return true;
    }

    private string? FindRecordFault()
    {
        if (isTooLong)
            return $"is longer than {options.MaxLineBytes} bytes; is a quote left open?";
        if (!Utf8.IsValid(reader.RawRecord))
            return "is not valid UTF-8; is the file in latin-1?";
        if (malformed.Line == reader.LineNumber && malformed.Reason == CsvMalformedReason.UnterminatedQuote)
            return "has a quote that is never closed";
        if (malformed.Line == reader.LineNumber && malformed.Reason == CsvMalformedReason.TextAfterClosingQuote)
            return "has text after a closing quote";
        return reader.FieldCount == plan!.ColumnCount ? null : $"has {reader.FieldCount} fields instead of {plan.ColumnCount}";
    }

    private CsvReader OpenReader()
    {
        malformed = default;
        return CsvReader.Create(
            stream,
            new CsvReaderOptions
            {
                HasHeader = false,
                Separator = options.Delimiter,
                Mode = options.Quotes ? CsvMode.Rfc4180 : CsvMode.NoEscape,
                Encoding = Encoding.UTF8,
                TrackLineNumbers = true,
                // Lines are cut beyond the limit; only a record of many lines can reach this.
                MaxRecordSize = (2 * options.MaxLineBytes) + (256 * 1024),
                OnMalformedRecord = record => malformed = (record.LineNumber, record.Reason),
            },
            leaveOpen: true);
    }
}
