using System.Text.Json;
using System.Text.Json.Serialization;

namespace RecoService.Engine.Training;

/// <summary>Options by trainer name as a JSON object, each read as what its trainer takes.</summary>
internal sealed class OptionsByTrainerNameConverter(TrainerRegistry registry) : JsonConverter<Dictionary<string, object>>
{
    public override Dictionary<string, object> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var read = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var section in JsonElement.ParseValue(ref reader).EnumerateObject())
            read[TrainerRegistry.NameOf(section.Name)] = registry.Deserialize(section.Name, section.Value.GetRawText());
        return read;
    }

    public override void Write(Utf8JsonWriter writer, Dictionary<string, object> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, inner) in value.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(registry.Serialize(name, inner));
        }

        writer.WriteEndObject();
    }
}
