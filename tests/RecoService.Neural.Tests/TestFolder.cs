using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RecoService.Neural.Tests;

/// <summary>A folder as the service hands it over, of users and the items that each took, oldest first.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly Dictionary<string, object> files = new(StringComparer.Ordinal);

    /// <param name="trainer">Which is asked for.</param>
    /// <param name="options">Those that differ from the defaults; of describe.json.</param>
    /// <param name="items">How many there are.</param>
    /// <param name="histories">Per user items, each once, oldest first.</param>
    /// <param name="seed">Of everything random.</param>
    /// <param name="memory">In bytes.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="protocol">Of the manifest.</param>
    public TestFolder(string trainer, object options, int items, int[][] histories, int seed = 42, long memory = 1L << 32, string device = "cpu", int protocol = 1)
    {
        Directory.CreateDirectory(Path.Combine(Location, "model"));
        long[] starts = [0, .. histories.Select((_, user) => histories.Take(user + 1).Sum(history => (long)history.Length))];
        Write<long>("interaction-user-starts", "int64", starts);
        Write<int>("interaction-items", "int32", [.. histories.SelectMany(history => history)]);
        Write<long>("interaction-times", "int64", [.. histories.SelectMany(history => history.Select((_, position) => 1_000L * position))]);
        Write<long>("weight-user-starts", "int64", starts);
        Write<int>("weight-items", "int32", [.. histories.SelectMany(history => history.Order())]);
        Write<float>("weight-values", "float32", [.. histories.SelectMany(history => history.Select(_ => 1f))]);
        var manifest = new
        {
            protocol,
            trainer,
            options = With(trainer, options),
            seed,
            threads = 1,
            device,
            maxMemoryBytes = memory,
            users = histories.Length,
            items,
            byteOrder = "little",
            files,
            modelFolder = "model",
        };
        File.WriteAllText(Path.Combine(Location, "manifest.json"), JsonSerializer.Serialize(manifest));
    }

    public string Location { get; } = Directory.CreateTempSubdirectory("reco-neural-").FullName;

    public JsonElement Model => JsonElement.Parse(File.ReadAllText(Path.Combine(Location, "model", "model.json")));

    public float[] ModelArray(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Location, "model", name + ".f32"))).ToArray();

    public (int Code, string Output) Train()
    {
        using var output = new StringWriter();
        return (Worker.Run(["train", Location], output, TextWriter.Null), output.ToString());
    }

    public void Dispose() => Directory.Delete(Location, recursive: true);

    /// <summary>A value for every option, as the service gives them.</summary>
    private static JsonObject With(string trainer, object options)
    {
        var all = new JsonObject();
        var described = JsonElement.Parse(Worker.Describe()).GetProperty("trainers").EnumerateArray().FirstOrDefault(entry => entry.GetProperty("name").GetString() == trainer);
        if (described.ValueKind == JsonValueKind.Object)
        {
            foreach (var option in described.GetProperty("options").GetProperty("properties").EnumerateObject())
                all[option.Name] = JsonNode.Parse(option.Value.GetProperty("default").GetRawText());
        }

        foreach (var (name, value) in JsonSerializer.SerializeToNode(options)!.AsObject())
            all[name] = value?.DeepClone();
        return all;
    }

    private void Write<T>(string name, string type, T[] values)
        where T : unmanaged
    {
        files.Add(name, new { file = name, type, length = values.Length });
        File.WriteAllBytes(Path.Combine(Location, name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    }
}
