using System.Text.Json;
using System.Text.Unicode;
using RecoService.Api.Importing.Options;
using RecoService.Api.Importing.Values;
using RecoService.Api.Wire;

namespace RecoService.Api.Importing.Records;

/// <summary>
/// The objects of a file: one on each line (NDJSON; blank lines are passed over), or the elements of one JSON array. An object too long for memory is bad.
/// </summary>
internal sealed class JsonRecords(Stream stream, JsonPaths paths, ImportOptions options) : RecordReader
{
    private const int MaxDepth = 64;
    private const int FaultsNamed = 10;
    private readonly JsonTexts texts = new(stream, options.MaxLineBytes);
    private readonly Cell[] shared = new Cell[paths.SlotCount];
    private readonly List<FieldProblem> faults = [];
    private Cell[] repeated = [];
    private byte[] scratch = [];
    private int scratchUsed;
    private int rowCount = 1;

    public override long Line => texts.Line;

    public override int RowCount => rowCount;

    public override RawValue this[int slot, int row]
    {
        get
        {
            ref readonly var cell = ref CellOf(slot, row);
            return cell.Kind == ValueKind.Absent
                ? default
                : new RawValue(cell.Kind, (cell.IsInScratch ? scratch : texts.Content.Span).Slice(cell.Start, cell.Length));
        }
    }

    /// <summary>The current object as it stands in the file.</summary>
    public ReadOnlyMemory<byte> Content => texts.Content;

    public override bool Has(int slot, int row) => CellOf(slot, row).IsGiven;

    public override async ValueTask<bool> ReadAsync(CancellationToken ct)
    {
        if (!await texts.MoveNextAsync(ct))
            return false;
        faults.Clear();
        if (texts.Fault is { } fault)
            faults.Add(new FieldProblem(texts.Name, fault));
        else
            Parse();
        if (faults.Count > 0)
            rowCount = 1;
        return true;
    }

    public override bool TryAccept(ICollection<FieldProblem> problems)
    {
        foreach (var found in faults)
            problems.Add(found);
        return faults.Count == 0;
    }

    private void Parse()
    {
        Array.Clear(shared);
        scratchUsed = 0;
        rowCount = 1;
        if (paths.Array is not null)
            Array.Clear(repeated);
        var text = texts.Content.Span;
        if (!Utf8.IsValid(text))
        {
            faults.Add(new FieldProblem(texts.Name, Encodings.FaultOf(text)!));
            return;
        }

        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add(new FieldProblem(FieldProblem.Body, reader.TokenType == JsonTokenType.Null ? "is null" : "must be an object"));
                return;
            }

            ReadObject(ref reader, paths.Root, row: -1);
            reader.Read();
        }
        catch (JsonException e)
        {
            faults.Clear();
            faults.Add(WireJson.ProblemOf(e, text, MaxDepth));
        }
    }

    private void ReadObject(ref Utf8JsonReader reader, JsonTarget at, int row)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (at.Find(ref reader) is { } member)
            {
                reader.Read();
                ReadValue(ref reader, member, row);
            }
            else
            {
                if (!options.IgnoreUnknown)
                    RefuseUnknown(ref reader, at);
                reader.Read();
                reader.Skip();
            }
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, JsonTarget at, int row)
    {
        if (at.Slot >= 0)
            Keep(ref reader, at, row);
        if (at.IsIgnored)
            reader.Skip();
        else if (reader.TokenType == JsonTokenType.StartObject && at.HasMembers)
            ReadObject(ref reader, at, row);
        else if (reader.TokenType == JsonTokenType.StartArray && at.Each is { } element)
            ReadElements(ref reader, element);
        else
            reader.Skip();
    }

    private void ReadElements(ref Utf8JsonReader reader, JsonTarget element)
    {
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if ((count + 1) * shared.Length > repeated.Length)
                Array.Resize(ref repeated, Math.Max((count + 1) * shared.Length, repeated.Length * 2));
            ReadValue(ref reader, element, count);
        }

        rowCount = Math.Max(count, 1);
        if (repeated.Length < shared.Length)
            repeated = new Cell[shared.Length];
    }

    private void Keep(ref Utf8JsonReader reader, JsonTarget at, int row)
    {
        ref var cell = ref paths.IsRepeated(at.Slot) ? ref repeated[(Math.Max(row, 0) * shared.Length) + at.Slot] : ref shared[at.Slot];
        if (cell.IsGiven)
        {
            AddFault(at.Path, "stands twice");
            return;
        }

        cell = reader.TokenType switch
        {
            JsonTokenType.Null => new Cell(ValueKind.Absent, 0, 0, IsInScratch: false),
            JsonTokenType.String when reader.ValueIsEscaped => Unescape(ref reader, at),
            JsonTokenType.String => new Cell(ValueKind.Text, (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, IsInScratch: false),
            JsonTokenType.Number => new Cell(ValueKind.Number, (int)reader.TokenStartIndex, reader.ValueSpan.Length, IsInScratch: false),
            JsonTokenType.True or JsonTokenType.False => new Cell(ValueKind.Boolean, (int)reader.TokenStartIndex, reader.ValueSpan.Length, IsInScratch: false),
            _ => Whole(reader),
        };
    }

    private static Cell Whole(Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new Cell(ValueKind.Json, start, (int)reader.BytesConsumed - start, IsInScratch: false);
    }

    private Cell Unescape(ref Utf8JsonReader reader, JsonTarget at)
    {
        var needed = scratchUsed + reader.ValueSpan.Length;
        if (scratch.Length < needed)
            Array.Resize(ref scratch, Math.Max(needed, scratch.Length * 2));
        try
        {
            var count = reader.CopyString(scratch.AsSpan(scratchUsed));
            scratchUsed += count;
            return new Cell(ValueKind.Text, scratchUsed - count, count, IsInScratch: true);
        }
        catch (InvalidOperationException)
        {
            AddFault(at.Path, "holds text that is not valid Unicode");
            return default;
        }
    }

    private void RefuseUnknown(ref Utf8JsonReader reader, JsonTarget at)
    {
        string name;
        try
        {
            name = reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            name = "a member whose name is not valid Unicode";
        }

        AddFault(at.Path.Length == 0 ? name : $"{at.Path}.{name}", "is not a known field; map it, or pass over it with --ignore or --ignore-unknown");
    }

    private void AddFault(string path, string reason)
    {
        if (faults.Count < FaultsNamed)
            faults.Add(new FieldProblem(WireText.Escape(path), reason));
    }

    private ref readonly Cell CellOf(int slot, int row)
    {
        if (!paths.IsRepeated(slot))
            return ref shared[slot];
        if (repeated.Length == 0)
            repeated = new Cell[shared.Length];
        return ref repeated[(row * shared.Length) + slot];
    }

    private readonly record struct Cell
    {
        public Cell(ValueKind kind, int start, int length, bool IsInScratch)
        {
            (Kind, Start, Length, this.IsInScratch, IsGiven) = (kind, start, length, IsInScratch, true);
        }

        public ValueKind Kind { get; }

        public bool IsGiven { get; }

        public bool IsInScratch { get; }

        public int Start { get; }

        public int Length { get; }
    }
}
