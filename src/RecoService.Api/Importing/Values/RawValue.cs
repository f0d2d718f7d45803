namespace RecoService.Api.Importing.Values;

/// <summary>What a file holds at one place of a record.</summary>
internal enum ValueKind : byte
{
    /// <summary>Nothing, or JSON's null.</summary>
    Absent,

    /// <summary>Text: any CSV value, or a JSON string without its escapes.</summary>
    Text,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>JSON's true or false.</summary>
    Boolean,

    /// <summary>A JSON array or object as it stands in the file.</summary>
    Json,
}

/// <summary>A value of a record in UTF-8; valid until the next record is read.</summary>
internal readonly ref struct RawValue(ValueKind kind, ReadOnlySpan<byte> text)
{
    public ValueKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Text { get; } = text;

    public bool IsAbsent => Kind == ValueKind.Absent;
}
