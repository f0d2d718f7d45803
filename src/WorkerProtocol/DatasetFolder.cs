using System.Runtime.InteropServices;
using System.Text.Json;

namespace RecoService.WorkerProtocol;

/// <summary>The folder that the service hands over: arrays to read, and room for a model.</summary>
internal sealed class DatasetFolder
{
    private const int Protocol = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string path;

    private DatasetFolder(string path, Manifest manifest)
    {
        this.path = path;
        Manifest = manifest;
    }

    public Manifest Manifest { get; }

    /// <exception cref="WorkerException">It is no such folder.</exception>
    public static DatasetFolder Open(string path)
    {
        var file = Path.Combine(path, "manifest.json");
        if (!File.Exists(file))
            throw new WorkerException($"There is no manifest.json in {path}.");
        var manifest = JsonSerializer.Deserialize<Manifest>(File.ReadAllBytes(file), Json)!;
        if (manifest.Protocol != Protocol)
            throw new WorkerException($"The dataset is of protocol {manifest.Protocol}; this program reads {Protocol}.");
        if (manifest.ByteOrder == "little" != BitConverter.IsLittleEndian)
            throw new WorkerException("The dataset was written on a machine of another byte order.");
        return new DatasetFolder(path, manifest);
    }

    /// <summary>The options as a type whose members are named as they are.</summary>
    public T OptionsAs<T>() => Manifest.Options.Deserialize<T>(Json)!;

    /// <exception cref="WorkerException">There is no such array, or it is of another length than the manifest says.</exception>
    public T[] Read<T>(string name)
        where T : unmanaged
    {
        var entry = Manifest.Files.GetValueOrDefault(name) ?? throw new WorkerException($"The dataset has no array {name}.");
        using var stream = File.OpenRead(Path.Combine(path, entry.File));
        if (stream.Length != entry.Length * Marshal.SizeOf<T>())
            throw new WorkerException($"The array {name} is damaged: it has {stream.Length} bytes.");
        var values = new T[entry.Length];
        for (var done = 0; done < values.Length;)
        {
            // In parts, for a span of bytes ends at 2 GiB.
            var part = values.AsSpan(done, Math.Min(values.Length - done, 1 << 24));
            stream.ReadExactly(MemoryMarshal.AsBytes(part));
            done += part.Length;
        }

        return values;
    }

    /// <summary>Writes an array of the model.</summary>
    public void WriteModelArray<T>(string name, T[] values)
        where T : unmanaged
    {
        var ending = values switch { float[] => "f32", double[] => "f64", int[] => "i32", _ => throw new ArgumentException($"{typeof(T).Name} has no file type.", nameof(values)) };
        using var stream = File.Create(Path.Combine(path, Manifest.ModelFolder, $"{name}.{ending}"));
        for (var done = 0; done < values.Length;)
        {
            var part = values.AsSpan(done, Math.Min(values.Length - done, 1 << 24));
            stream.Write(MemoryMarshal.AsBytes(part));
            done += part.Length;
        }
    }

    /// <summary>Writes what the model is.</summary>
    public void WriteModel(object model) => File.WriteAllText(Path.Combine(path, Manifest.ModelFolder, "model.json"), JsonSerializer.Serialize(model, Json));
}
