using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

/// <summary>How far an import has come.</summary>
internal readonly record struct ImportProgress(long Lines, long Invalid);

/// <summary>One import: every row of a file is read, judged and staged; at the end all are stored, or none.</summary>
/// <param name="open">Reads the rows of a text.</param>
/// <param name="options">How the file is read and its rows are merged.</param>
internal sealed class ImportRun<T>(Func<Stream, IRowReader<T>> open, ImportOptions options)
{
    public const int ErrorsShown = 100;
    private const int LinesPerProgress = 4096;
    private readonly List<ImportError> errors = [];
    private readonly List<FieldProblem> problems = [];
    private long lines;
    private long valid;
    private long dropped;
    private long invalid;
    private bool isBroken;
    private IRowReader<T>? rows;

    /// <exception cref="InvalidRequestException">The options do not fit the file.</exception>
    public async Task<ImportReport> RunAsync(Stream file, ImportSink<T> sink, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        await using var source = await ImportSource.OpenAsync(file, options, ct);
        using var reading = rows = open(source.Text);
        try
        {
            while (await rows.ReadAsync(ct))
            {
                await TakeAsync(rows, sink, ct);
                if (lines % LinesPerProgress == 0)
                    progress?.Report(new ImportProgress(lines, invalid));
            }
        }
        catch (InvalidDataException)
        {
            isBroken = true;
            AddError(rows.Line + 1, "the gzip data is damaged or ends too early");
        }

        progress?.Report(new ImportProgress(lines, invalid));
        return MayCommit && valid > 0 ? await CommitAsync(source, sink, ct) : Report(new ImportCommit(Committed: false, 0, 0, 0, []));
    }

    private bool MayCommit => !isBroken && (invalid == 0 || options.SkipInvalid);

    private string ReasonForNothing => this switch
    {
        { isBroken: true } => "Nothing was stored: the file could not be read to its end.",
        _ when lines == 0 => "Nothing was stored: the file holds no rows.",
        _ when lines == dropped => "Nothing was stored: dropWhen left out every row.",
        _ when !options.SkipInvalid => "Nothing was stored. Mend the rows named in errors, or import the others with skipInvalid.",
        _ => "Nothing was stored, for no row is good.",
    };

    private ValueTask TakeAsync(IRowReader<T> rows, ImportSink<T> sink, CancellationToken ct)
    {
        lines++;
        switch (rows.Take(problems, out var row))
        {
            case RowOutcome.Valid:
                valid++;
                // Once nothing can be stored any more, the rest is only judged.
                return MayCommit ? sink.AddAsync(rows.Line, rows.RowInRecord, row, ct) : ValueTask.CompletedTask;
            case RowOutcome.Dropped:
                dropped++;
                break;
            default:
                AddError(rows.Line, string.Join("; ", problems));
                problems.Clear();
                break;
        }

        return ValueTask.CompletedTask;
    }

    private async Task<ImportReport> CommitAsync(ImportSource source, ImportSink<T> sink, CancellationToken ct)
    {
        var commit = await sink.CommitAsync(source.TakeHash(), options.Rules, ct);
        invalid += commit.ConflictCount;
        return Report(commit);
    }

    private ImportReport Report(ImportCommit commit)
    {
        // A file of which nothing is in the store afterwards is no success, whatever was asked to be left out.
        var isStored = commit.Committed && commit.Accepted + commit.Duplicates + commit.Skipped > 0;
        return new ImportReport(
            isStored,
            lines,
            isStored ? commit.Accepted : 0,
            isStored ? commit.Duplicates : 0,
            isStored ? commit.Merged : 0,
            isStored ? commit.Skipped : 0,
            dropped,
            invalid,
            [.. errors.Concat(commit.Conflicts).OrderBy(error => error.Line).Take(ErrorsShown)],
            isStored ? null : ReasonForNothing)
        {
            Delimiter = options.Delimiter is null ? rows!.Delimiter : null,
            Trimmed = rows!.Counts.Trimmed,
            Truncated = rows.Counts.Truncated,
            UnusedColumns = rows.UnusedColumns,
            Clamped = isStored ? commit.Clamped : 0,
        };
    }

    private void AddError(long line, string reason)
    {
        invalid++;
        if (errors.Count < ErrorsShown)
            errors.Add(new ImportError(line, reason));
    }
}
