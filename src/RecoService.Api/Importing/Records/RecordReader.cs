using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Records;

/// <summary>
/// The records of a file, one at a time and in constant memory. A record has numbered slots: the columns of a CSV file, or the paths that were
/// asked for of a JSON object. An array that was asked for element by element makes several rows of a record.
/// </summary>
internal abstract class RecordReader : IDisposable
{
    /// <summary>Line of the file on which the current record begins, from 1; after the last record, the last line.</summary>
    public abstract long Line { get; }

    /// <summary>How many rows the current record makes, at least 1.</summary>
    public abstract int RowCount { get; }

    /// <summary>True: the record only repeats the header, and says nothing.</summary>
    public virtual bool IsRepeatedHeader => false;

    /// <summary>Goes on to the next record, good or bad; false at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file cannot be unpacked.</exception>
    public abstract ValueTask<bool> ReadAsync(CancellationToken ct);

    /// <summary>Judges the current record as a whole; false when it is bad, with at least one problem.</summary>
    public abstract bool TryAccept(ICollection<FieldProblem> problems);

    /// <param name="slot">From 0.</param>
    /// <param name="row">Of the current record, from 0.</param>
    public abstract RawValue this[int slot, int row] { get; }

    /// <summary>True: the record has the place, though it may be empty there.</summary>
    public abstract bool Has(int slot, int row);

    public virtual void Dispose()
    {
    }
}
