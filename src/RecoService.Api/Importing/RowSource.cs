using RecoService.Api.Wire;

namespace RecoService.Api.Importing;

internal enum RowOutcome
{
    Valid,
    Dropped,
    Invalid,
}

/// <summary>The rows of a file, one at a time and in constant memory.</summary>
internal interface IRowSource<T> : IDisposable
{
    /// <summary>Line of the file on which the current row begins, from 1; after the last row, the last line.</summary>
    long Line { get; }

    /// <summary>Goes on to the next row; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be unpacked.</exception>
    ValueTask<bool> ReadAsync(CancellationToken ct);

    /// <summary>Reads the current row; a bad one leaves at least one problem.</summary>
    RowOutcome Take(ICollection<FieldProblem> problems, out T row);
}
