using System.Reflection;
using System.Text.Json.Nodes;

namespace RecoService.MlNet;

/// <summary>What <c>describe</c> prints: the file describe.json, and in a build with Microsoft.ML.Recommender its trainers too.</summary>
internal static class Description
{
    public static string Text()
    {
        var all = JsonNode.Parse(Read("describe.json"))!;
#if ENABLE_MLNET_RECOMMENDER
        foreach (var trainer in JsonNode.Parse(Read("describe.recommender.json"))!["trainers"]!.AsArray())
            all["trainers"]!.AsArray().Add(trainer!.DeepClone());
#endif
        return all.ToJsonString();
    }

    internal static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new WorkerException($"This build has no {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
