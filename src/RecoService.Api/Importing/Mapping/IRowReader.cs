using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Mapping;

/// <summary>The rows of a file, one after the other and in constant memory.</summary>
internal interface IRowReader<T> : IDisposable
{
    /// <summary>Line of the file on which the current row's record begins, from 1; after the last row, the last line.</summary>
    long Line { get; }

    /// <summary>The row's place in its record, from 0.</summary>
    int RowInRecord { get; }

    /// <summary>What was changed in the values on their way.</summary>
    ImportCounts Counts { get; }

    /// <summary>Of a CSV file, once a row was asked for; null of any other.</summary>
    string? Delimiter { get; }

    /// <summary>Columns of a CSV file that stand for no field.</summary>
    IReadOnlyList<string> UnusedColumns { get; }

    /// <summary>Goes on to the next row; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be unpacked.</exception>
    /// <exception cref="InvalidRequestException">The options do not fit the file.</exception>
    ValueTask<bool> ReadAsync(CancellationToken ct);

    /// <summary>Reads the current row; a bad one leaves at least one problem.</summary>
    RowOutcome Take(ICollection<FieldProblem> problems, out T row);
}
