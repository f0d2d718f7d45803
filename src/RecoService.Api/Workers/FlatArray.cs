using System.Runtime.InteropServices;

namespace RecoService.Api.Workers;

/// <summary>Files that are one array and nothing else, in the byte order of the machine.</summary>
internal static class FlatArray
{
    /// <summary>What the manifest calls the type, and how names of such files end.</summary>
    public static (string Type, string Ending) TypeOf<T>()
        where T : unmanaged => Type.GetTypeCode(typeof(T)) switch
        {
            TypeCode.Byte => ("uint8", "u8"),
            TypeCode.Int32 => ("int32", "i32"),
            TypeCode.Int64 => ("int64", "i64"),
            TypeCode.Single => ("float32", "f32"),
            TypeCode.Double => ("float64", "f64"),
            _ => throw new ArgumentException($"{typeof(T).Name} has no file type.", nameof(T)),
        };

    /// <summary>Reads an array whose length is known.</summary>
    /// <exception cref="WorkerException">The file is missing or of another length.</exception>
    public static T[] Read<T>(string folder, string name, long count)
        where T : unmanaged
    {
        var path = Path.Combine(folder, $"{name}.{TypeOf<T>().Ending}");
        using var stream = Open(path);
        var bytes = count * Marshal.SizeOf<T>();
        if (stream.Length != bytes)
            throw new WorkerException($"its model is damaged: {Path.GetFileName(path)} has {stream.Length} bytes, and {count} values of {Marshal.SizeOf<T>()} bytes belong there");
        if (count > Array.MaxLength)
            throw new WorkerException($"its model is too large: {Path.GetFileName(path)} has {count} values");
        var values = new T[count];
        // In parts, for a span of bytes ends at 2 GiB.
        for (var done = 0; done < values.Length;)
        {
            var part = values.AsSpan(done, Math.Min(values.Length - done, 1 << 24));
            stream.ReadExactly(MemoryMarshal.AsBytes(part));
            done += part.Length;
        }

        return values;
    }

    /// <summary>Reads an array whose length is the file's.</summary>
    /// <exception cref="WorkerException">The file is missing, or ends within a value.</exception>
    public static T[] ReadWhole<T>(string folder, string name)
        where T : unmanaged
    {
        var path = Path.Combine(folder, $"{name}.{TypeOf<T>().Ending}");
        using (var stream = Open(path))
            return Read<T>(folder, name, stream.Length / Marshal.SizeOf<T>());
    }

    public static bool Exists<T>(string folder, string name)
        where T : unmanaged => File.Exists(Path.Combine(folder, $"{name}.{TypeOf<T>().Ending}"));

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (FileNotFoundException)
        {
            throw new WorkerException($"its model is incomplete: there is no {Path.GetFileName(path)}");
        }
    }
}
