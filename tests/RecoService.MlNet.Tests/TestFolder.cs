using System.Runtime.InteropServices;
using System.Text.Json;

namespace RecoService.MlNet.Tests;

/// <summary>A folder as the service hands it over, of pairs of a user and an item with their weights.</summary>
internal sealed class TestFolder : IDisposable
{
    public TestFolder(string trainer, object options, int users, int items, (int User, int Item, float Weight)[] pairs, int seed = 42, long memory = 1L << 30, string byteOrder = "little", int protocol = 1, string part = "weight")
    {
        Directory.CreateDirectory(Path.Combine(Location, "model"));
        var sorted = pairs.OrderBy(pair => pair.User).ThenBy(pair => pair.Item).ToList();
        var files = new Dictionary<string, object>(StringComparer.Ordinal);
        Write<long>($"{part}-user-starts", "int64", [.. Enumerable.Range(0, users + 1).Select(user => sorted.LongCount(pair => pair.User < user))]);
        Write<int>($"{part}-items", "int32", [.. sorted.Select(pair => pair.Item)]);
        Write<float>($"{part}-values", "float32", [.. sorted.Select(pair => pair.Weight)]);
        var manifest = new { protocol, trainer, options, seed, threads = 1, maxMemoryBytes = memory, users, items, byteOrder, files, modelFolder = "model" };
        File.WriteAllText(Path.Combine(Location, "manifest.json"), JsonSerializer.Serialize(manifest));

        void Write<T>(string name, string type, T[] values)
            where T : unmanaged
        {
            files.Add(name, new { file = name, type, length = values.Length });
            File.WriteAllBytes(Path.Combine(Location, name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }
    }

    public string Location { get; } = Directory.CreateTempSubdirectory("reco-mlnet-").FullName;

    public JsonElement Model => JsonElement.Parse(File.ReadAllText(Path.Combine(Location, "model", "model.json")));

    public float[] ModelArray(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Location, "model", name + ".f32"))).ToArray();

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
