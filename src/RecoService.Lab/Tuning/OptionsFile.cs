using System.Text.Json;
using System.Text.Json.Nodes;
using RecoService.Engine.Training;

namespace RecoService.Lab.Tuning;

/// <summary>Writes a trainer's options into a file of the shape that the service reads; what else the file says stays.</summary>
internal static class OptionsFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="path">The file; a new one where there is none.</param>
    /// <param name="trainer">Its name.</param>
    /// <param name="options">All of them, as JSON.</param>
    /// <param name="asRecommender">Whether the service is to make its lists by this trainer from now on.</param>
    /// <exception cref="InvalidDataException">The file is not JSON, or a part of it that has to be an object is none.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static void Write(string path, string trainer, string options, bool asRecommender)
    {
        var root = Read(path);
        var reco = Section(root, "Reco", path);
        if (asRecommender)
            Section(reco, "Retraining", path)["Recommender"] = trainer;
        var trainers = Section(reco, "Trainers", path);
        foreach (var other in trainers.Select(section => section.Key).Where(name => name != trainer && TrainerRegistry.NameOf(name) == trainer).ToList())
            trainers.Remove(other);
        trainers[trainer] = JsonNode.Parse(options);

        // Beside it and then moved: a service that starts meanwhile reads the old file or the new one.
        var draft = $"{path}.new";
        File.WriteAllText(draft, root.ToJsonString(Indented) + "\n");
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Says before a long search what would go wrong after it.</summary>
    /// <exception cref="InvalidDataException">The file is there and is not JSON, or a part of it that has to be an object is none.</exception>
    /// <exception cref="IOException">It cannot be read, or its folder is not there.</exception>
    public static void Check(string path)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            throw new IOException($"{path}: its folder is not there.");
        var reco = Section(Read(path), "Reco", path);
        Section(reco, "Retraining", path);
        Section(reco, "Trainers", path);
    }

    private static JsonObject Read(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            var node = JsonNode.Parse(
                File.ReadAllText(path), new JsonNodeOptions { PropertyNameCaseInsensitive = true },
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false });
            return node as JsonObject ?? throw new InvalidDataException($"{path}: it is no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    private static JsonObject Section(JsonObject parent, string name, string path)
    {
        if (parent[name] is null)
            parent[name] = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        return parent[name] as JsonObject ?? throw new InvalidDataException($"{path}: {name} is a value, where a section is needed.");
    }
}
