using System.Runtime.InteropServices;
using System.Text.Json;

namespace RecoService.MlNet.Tests;

/// <summary>A folder as the service hands it to a ranker: lists of 20 candidates with two features, of which the first says what is taken and the second nothing.</summary>
internal sealed class RankingFolder : IDisposable
{
    public const int Lists = 100;
    public const int PerList = 20;

    /// <param name="trainer">Who is asked.</param>
    /// <param name="options">A value for every option.</param>
    /// <param name="seed">Of the training; the rows are always the same.</param>
    /// <param name="isConstant">Whether all candidates look alike.</param>
    /// <param name="memory">What the program may hold.</param>
    public RankingFolder(string trainer, object options, int seed = 1, bool isConstant = false, long memory = 1L << 30)
    {
        Directory.CreateDirectory(Path.Combine(Location, "model"));
        var random = new Random(4);
        var files = new Dictionary<string, object>(StringComparer.Ordinal);
        var features = Enumerable.Range(0, Lists * PerList * 2).Select(_ => isConstant ? 0 : (float)((random.NextDouble() * 2) - 1)).ToArray();
        var taken = Enumerable.Range(0, Lists * PerList).Select(row => (byte)(features[2 * row] > 0.5 || row % PerList == 0 ? 1 : 0)).ToArray();
        Write<int>("ranking-list-starts", [.. Enumerable.Range(0, Lists + 1).Select(list => list * PerList)]);
        Write("ranking-labels", taken);
        Write("ranking-features", features);
        // Of fields there are whether the first feature is large, an empty one, and the two numbers.
        Write("ranking-field-starts", [0, 2, 2, 4]);
        Write<long>("ranking-entry-starts", [.. Enumerable.Range(0, taken.Length + 1).Select(row => row * 3L)]);
        Write<int>("ranking-entry-features", [.. Enumerable.Range(0, taken.Length).SelectMany(row => new[] { features[2 * row] > 0.5 ? 1 : 0, 2, 3 })]);
        Write<float>("ranking-entry-values", [.. Enumerable.Range(0, taken.Length).SelectMany(row => new[] { 1, features[2 * row], features[(2 * row) + 1] })]);
        var manifest = new
        {
            protocol = 1,
            trainer,
            options,
            seed,
            threads = 1,
            maxMemoryBytes = memory,
            users = 1,
            items = 1,
            byteOrder = "little",
            files,
            modelFolder = "model",
            rankingFeatures = new[] { "first-stage", "noise" },
        };
        File.WriteAllText(Path.Combine(Location, "manifest.json"), JsonSerializer.Serialize(manifest));

        void Write<T>(string name, T[] values)
            where T : unmanaged
        {
            files.Add(name, new { file = name, type = "any", length = values.Length });
            File.WriteAllBytes(Path.Combine(Location, name), MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
        }
    }

    public string Location { get; } = Directory.CreateTempSubdirectory("reco-mlnet-").FullName;

    public JsonElement Model => JsonElement.Parse(File.ReadAllText(Path.Combine(Location, "model", "model.json")));

    public T[] ModelArray<T>(string file)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(Location, "model", file))).ToArray();

    public void Dispose() => Directory.Delete(Location, recursive: true);
}
