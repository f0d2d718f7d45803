using System.Text.Json;

namespace RecoService.WorkerProtocol;

/// <summary>What manifest.json says that is used here.</summary>
/// <param name="Protocol">1.</param>
/// <param name="Trainer">Which trainer is asked for.</param>
/// <param name="Options">A value for every option.</param>
/// <param name="Seed">Of everything random.</param>
/// <param name="Threads">At least 1.</param>
/// <param name="MaxMemoryBytes">What the process may hold.</param>
/// <param name="Users">|U|.</param>
/// <param name="Items">|I|.</param>
/// <param name="ByteOrder"><c>little</c> or <c>big</c>.</param>
/// <param name="Files">The arrays by name.</param>
/// <param name="ModelFolder">Where the model goes, in the folder.</param>
/// <param name="RankingFeatures">The names of the features of candidates; null where there are none.</param>
/// <param name="Device">Where to compute, as <c>cpu</c> or <c>cuda:0</c>.</param>
internal sealed record Manifest(
    int Protocol, string Trainer, JsonElement Options, int Seed, int Threads, long MaxMemoryBytes, int Users, int Items, string ByteOrder,
    IReadOnlyDictionary<string, ArrayFile> Files, string ModelFolder, IReadOnlyList<string>? RankingFeatures = null, string Device = "cpu");

/// <param name="File">Its name in the folder.</param>
/// <param name="Type">Of the values.</param>
/// <param name="Length">In values.</param>
internal sealed record ArrayFile(string File, string Type, long Length);
