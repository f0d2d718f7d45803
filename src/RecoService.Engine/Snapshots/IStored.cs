namespace RecoService.Engine.Snapshots;

/// <summary>A model with a stored form, or a part of one: numbers and keys, never ids or histories. Its reader is in its <see cref="Format"/>.</summary>
internal interface IStored
{
    /// <summary>The same for all of its kind.</summary>
    StoredFormat Format { get; }

    /// <summary>Writes what the format reads.</summary>
    void Write(ModelWriter writer);
}
