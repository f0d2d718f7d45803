using System.Collections.Immutable;

namespace RecoService.Engine.Snapshots;

/// <summary>How models of one kind, or parts of models, are stored. Comes with the trainers that make them.</summary>
public abstract class StoredFormat
{
    private protected StoredFormat(string name, int version) => (Name, Version) = (name, version);

    /// <summary>Stored with every model; no other kind ever gets it.</summary>
    public string Name { get; }

    /// <summary>Raised when the bytes change; models of other versions are trained anew.</summary>
    public int Version { get; }

    /// <summary>Reads what was written; it is put together when all of it was read.</summary>
    internal abstract Func<object> Read(ModelReader reader);
}

/// <inheritdoc/>
/// <param name="name">As it is stored.</param>
/// <param name="version">From 1.</param>
/// <param name="read">Reads the parts at once, and puts them together later.</param>
internal sealed class StoredFormat<T>(string name, int version, Func<ModelReader, Func<T>> read) : StoredFormat(name, version)
    where T : class, IStored
{
    internal override Func<object> Read(ModelReader reader) => read(reader);
}

/// <summary>The formats that a program reads, by name. Immutable.</summary>
public sealed class StoredFormats
{
    private readonly ImmutableDictionary<string, StoredFormat> formats;

    private StoredFormats(ImmutableDictionary<string, StoredFormat> formats) => this.formats = formats;

    public static StoredFormats None { get; } = new(ImmutableDictionary.Create<string, StoredFormat>(StringComparer.Ordinal));

    /// <exception cref="ArgumentException">Another format has one of the names.</exception>
    public StoredFormats With(IEnumerable<StoredFormat> more)
    {
        var all = formats;
        foreach (var format in more)
        {
            if (all.TryGetValue(format.Name, out var known) && known != format)
                throw new ArgumentException($"Two formats are called '{format.Name}'.", nameof(more));
            all = all.SetItem(format.Name, format);
        }

        return new StoredFormats(all);
    }

    /// <exception cref="InvalidDataException">It is not known, or of another version.</exception>
    internal StoredFormat Find(string name, int version) => !formats.TryGetValue(name, out var format)
        ? throw new InvalidDataException($"The stored model has the format '{name}', which this program does not know. The next model run makes a new one.")
        : format.Version == version ? format
        : throw new InvalidDataException($"The stored model has version {version} of the format '{name}'; this program reads version {format.Version}. The next model run makes a new one.");
}
