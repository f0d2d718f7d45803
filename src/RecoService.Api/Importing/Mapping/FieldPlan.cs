namespace RecoService.Api.Importing.Mapping;

/// <summary>Where one field comes from.</summary>
/// <param name="Name">The field on the wire.</param>
internal sealed record FieldPlan(string Name)
{
    /// <summary>As <see cref="PlainSlot"/>: the field has no source.</summary>
    public const int NoSlot = -1;

    private const int ComposedSlot = -2;

    /// <summary>In UTF-8, the same in every row.</summary>
    public byte[]? Constant { get; init; }

    /// <summary>Slots: of several alternatives the first that is not empty counts, and the slots of one are put together.</summary>
    public int[][] Alternatives { get; init; } = [];

    public ValueMap? Values { get; init; }

    /// <summary>What stands between the entries of a list.</summary>
    public string[] Separators { get; init; } = [];

    /// <summary>Slots that each say by 1 or true that the list holds a text.</summary>
    public (int Slot, string Text)[] Flags { get; init; } = [];

    /// <summary>
    /// The one slot of a field that is taken as it is; <see cref="NoSlot"/> for a field without a source; below that, the value is put together.
    /// </summary>
    public int PlainSlot => this switch
    {
        { IsGiven: false } => NoSlot,
        { Values: null, Separators: [], Flags: [], Alternatives: [[var slot]], Constant: null } => slot,
        _ => ComposedSlot,
    };

    public bool IsGiven => Constant is not null || Alternatives.Length > 0 || Flags.Length > 0;
}
