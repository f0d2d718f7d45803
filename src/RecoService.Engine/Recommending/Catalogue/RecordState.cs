namespace RecoService.Engine.Recommending.Catalogue;

/// <summary>What a record says of showing its item.</summary>
[Flags]
internal enum RecordState : byte
{
    /// <summary>There is no item.</summary>
    None = 0,

    /// <summary>There is one.</summary>
    Known = 1,

    /// <summary>It has a catalogue record.</summary>
    Listed = 2,

    /// <summary>Nothing in the record speaks against showing it.</summary>
    Servable = 4,

    /// <summary>It was taken out of the catalogue.</summary>
    Deleted = 8,
}
