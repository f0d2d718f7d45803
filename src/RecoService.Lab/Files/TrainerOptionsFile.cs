using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using RecoService.Engine.Training;

namespace RecoService.Lab.Files;

/// <summary>Options by trainer name from a JSON file of the same shape as the service's configuration: <c>{ "Reco": { "Trainers": { "implicit-als": { "Factors": 64 } } } }</c>.</summary>
public static class TrainerOptionsFile
{
    /// <summary>Options by trainer name; what the file does not name keeps its default.</summary>
    /// <exception cref="InvalidDataException">The file is no such JSON, names an unknown trainer or option, or a value is out of range; every fault is named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, object> Read(string path, TrainerRegistry registry)
    {
        var options = new Dictionary<string, object>(StringComparer.Ordinal);
        var faults = new List<string>();
        foreach (var (written, json) in Sections(path))
        {
            var name = TrainerRegistry.NameOf(written);
            try
            {
                options[name] = registry.Deserialize(name, json);
                var found = new List<ValidationResult>();
                Validator.TryValidateObject(options[name], new ValidationContext(options[name]), found, validateAllProperties: true);
                faults.AddRange(found.Select(fault => $"{name}: {fault.ErrorMessage}"));
            }
            catch (ArgumentException exception)
            {
                faults.Add(exception.Message);
            }
        }

        return faults.Count == 0 ? options : throw new InvalidDataException($"{path}: {string.Join(" ", faults)}");
    }

    private static List<(string Name, string Json)> Sections(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.TryGetProperty("Reco", out var reco) && reco.TryGetProperty("Trainers", out var trainers)
                ? [.. trainers.EnumerateObject().Select(section => (section.Name, section.Value.GetRawText()))]
                : throw new InvalidDataException($"{path}: it has no section Reco:Trainers.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }
}
