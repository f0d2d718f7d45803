using System.Text.Json;
using RecoService.Api.Importing.Mapping;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Records;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Dumps;

/// <summary>Makes a row of a record of a dump. A record of another kind is dropped; a bad one leaves at least one problem.</summary>
internal delegate RowOutcome RecordReading<T>(JsonElement record, ICollection<FieldProblem> problems, out T row);

/// <summary>The rows of a dump: JSON objects, one on each line or in one array, each read by code and not by a mapping.</summary>
internal sealed class DumpRows<T>(Stream stream, RecordReading<T> read, ImportOptions options) : IRowReader<T>
{
    private readonly JsonTexts texts = new(stream, options.MaxLineBytes);

    public long Line => texts.Line;

    public int RowInRecord => 0;

    public ImportCounts Counts { get; } = new();

    public string? Delimiter => null;

    public IReadOnlyList<string> UnusedColumns => [];

    public ValueTask<bool> ReadAsync(CancellationToken ct) => texts.MoveNextAsync(ct);

    public RowOutcome Take(ICollection<FieldProblem> problems, out T row)
    {
        row = default!;
        if (texts.Fault is { } fault)
        {
            problems.Add(new FieldProblem(texts.Name, fault));
            return RowOutcome.Invalid;
        }

        if (!System.Text.Unicode.Utf8.IsValid(texts.Content.Span))
        {
            problems.Add(new FieldProblem(texts.Name, Encodings.FaultOf(texts.Content.Span)!));
            return RowOutcome.Invalid;
        }

        try
        {
            using var record = JsonDocument.Parse(texts.Content);
            if (record.RootElement.ValueKind == JsonValueKind.Object)
            {
                var outcome = read(record.RootElement, problems, out row);
                return problems.Count > 0 ? RowOutcome.Invalid : outcome;
            }

            problems.Add(new FieldProblem(FieldProblem.Body, "must be an object"));
        }
        catch (JsonException exception)
        {
            problems.Add(new FieldProblem(FieldProblem.Body, exception.Path is { Length: > 2 } path ? $"is not what it must be at {path}" : "is no JSON object"));
        }
        catch (InvalidOperationException)
        {
            problems.Add(new FieldProblem(FieldProblem.Body, "holds text that is not valid Unicode"));
        }

        return RowOutcome.Invalid;
    }

    public void Dispose()
    {
    }
}
