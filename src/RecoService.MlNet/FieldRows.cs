using Microsoft.ML;
using Microsoft.ML.Data;

namespace RecoService.MlNet;

/// <summary>
/// Candidates as ML.NET's field-aware machine reads them: a label, and a sparse vector per field that has features. Every pass over the rows has another order, by the seed.
/// </summary>
internal sealed class FieldRows : IDataView
{
    public const string Label = "Label";

    private readonly int[] fieldStarts;
    private readonly long[] entryStarts;
    private readonly int[] features;
    private readonly float[] values;
    private readonly bool[] taken;
    private readonly int seed;
    private readonly Action<int, double> report;
    private int passes;

    /// <param name="fieldStarts">fields + 1: where each field's features begin.</param>
    /// <param name="entryStarts">rows + 1: where each row's entries begin.</param>
    /// <param name="features">Of each entry, ascending within a row.</param>
    /// <param name="values">Of each entry.</param>
    /// <param name="taken">Of each row.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="report">Told the number of the pass, and how much of it is done.</param>
    public FieldRows(int[] fieldStarts, long[] entryStarts, int[] features, float[] values, bool[] taken, int seed, Action<int, double> report)
    {
        (this.fieldStarts, this.entryStarts, this.features, this.values, this.taken, this.seed, this.report) = (fieldStarts, entryStarts, features, values, taken, seed, report);
        Fields = [.. Enumerable.Range(0, fieldStarts.Length - 1).Where(field => fieldStarts[field + 1] > fieldStarts[field])];
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(Label, BooleanDataViewType.Instance);
        foreach (var field in Fields)
            schema.AddColumn(NameOf(field), new VectorDataViewType(NumberDataViewType.Single, fieldStarts[field + 1] - fieldStarts[field]));
        Schema = schema.ToSchema();
    }

    /// <summary>The fields that have features, ascending; ML.NET knows no empty ones.</summary>
    public IReadOnlyList<int> Fields { get; }

    public DataViewSchema Schema { get; }

    public bool CanShuffle => false;

    public static string NameOf(int field) => $"Field{field}";

    public long? GetRowCount() => taken.Length;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new Cursor(this, [.. columnsNeeded.Select(column => column.Index)], passes++);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor : DataViewRowCursor
    {
        private const int ReportEvery = 1024;

        private readonly FieldRows rows;
        private readonly HashSet<int> active;
        private readonly int pass;
        private readonly int[] order;
        private int position = -1;

        public Cursor(FieldRows rows, HashSet<int> active, int pass)
        {
            (this.rows, this.active, this.pass) = (rows, active, pass);
            order = [.. Enumerable.Range(0, rows.taken.Length)];
            new Random(unchecked((rows.seed * 31) + pass)).Shuffle(order);
        }

        public override DataViewSchema Schema => rows.Schema;

        public override long Position => position;

        public override long Batch => 0;

        public override bool MoveNext()
        {
            if (position + 1 >= order.Length)
                return false;
            position++;
            if (position % ReportEvery == 0)
                rows.report(pass, (double)position / order.Length);
            return true;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)order[position], 0);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            Delegate getter = column.Index == 0
                ? (ValueGetter<bool>)((ref bool label) => label = rows.taken[order[position]])
                : VectorGetter(rows.Fields[column.Index - 1]);
            return getter as ValueGetter<TValue> ?? throw new InvalidOperationException($"The column {column.Name} is of another type.");
        }

        private ValueGetter<VBuffer<float>> VectorGetter(int field)
        {
            var (from, size) = (rows.fieldStarts[field], rows.fieldStarts[field + 1] - rows.fieldStarts[field]);
            return (ref VBuffer<float> vector) =>
            {
                var row = new Range((int)rows.entryStarts[order[position]], (int)rows.entryStarts[order[position] + 1]);
                var entries = rows.features.AsSpan(row);
                var (first, end) = (LowerBound(entries, from), LowerBound(entries, from + size));
                var editor = VBufferEditor.Create(ref vector, size, end - first);
                for (var entry = first; entry < end; entry++)
                {
                    editor.Values[entry - first] = rows.values[row.Start.Value + entry];
                    // A vector with a value for every place has no indices.
                    if (end - first < size)
                        editor.Indices[entry - first] = entries[entry] - from;
                }

                vector = editor.Commit();
            };
        }

        private static int LowerBound(ReadOnlySpan<int> ascending, int value)
        {
            var found = ascending.BinarySearch(value);
            return found < 0 ? ~found : found;
        }
    }
}
