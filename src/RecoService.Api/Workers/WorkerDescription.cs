using System.Text.Json;
using System.Text.RegularExpressions;
using RecoService.Engine.Training;

namespace RecoService.Api.Workers;

/// <summary>Which parts of a dataset a trainer reads; only those are written.</summary>
[Flags]
internal enum DatasetParts
{
    None = 0,
    Interactions = 1,
    Weights = 2,
    Ratings = 4,
    Content = 8,
    Ranking = 16,
    RankingFields = 32,
}

/// <param name="Name">As the configuration spells it.</param>
/// <param name="Target">What its models are good for.</param>
/// <param name="Options">What can be set.</param>
/// <param name="Needs">Which parts of a dataset it reads.</param>
/// <param name="Auto">When a run may pick it by trying.</param>
internal sealed record DescribedTrainer(string Name, TrainerTarget Target, OptionsSchema Options, DatasetParts Needs, AutoUse Auto = AutoUse.AfterTheFirstModel);

/// <summary>What <c>describe</c> prints.</summary>
internal static partial class WorkerDescription
{
    public const int Protocol = 1;

    private static readonly string[] Reserved = ["auto", "all", "default"];

    /// <exception cref="WorkerException">It is no description of this protocol; the message says why.</exception>
    public static IReadOnlyList<DescribedTrainer> Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("protocol", out var protocol) || protocol.ValueKind != JsonValueKind.Number)
                throw new WorkerException("its description has no protocol number");
            if (!protocol.TryGetInt32(out var version) || version != Protocol)
                throw new WorkerException($"it speaks protocol {protocol}; this service speaks {Protocol}");
            if (!root.TryGetProperty("trainers", out var trainers) || trainers.ValueKind != JsonValueKind.Array)
                throw new WorkerException("its description has no list of trainers");
            List<DescribedTrainer> read = [.. trainers.EnumerateArray().Select(ReadTrainer)];
            return read.GroupBy(trainer => trainer.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
                ? throw new WorkerException($"it describes the trainer '{twice.Key}' twice")
                : read;
        }
        catch (JsonException)
        {
            throw new WorkerException($"its description is not JSON: {WorkerRun.Readable(text)}");
        }
    }

    private static DescribedTrainer ReadTrainer(JsonElement trainer)
    {
        if (trainer.ValueKind != JsonValueKind.Object || TextOf(trainer, "name") is not { } name || !TrainerName().IsMatch(name) || Reserved.Contains(name))
            throw new WorkerException("it describes a trainer without a usable name: lower-case letters, digits, + and -, none of them auto, all or default");
        var target = TextOf(trainer, "target") switch
        {
            "ranking" => TrainerTarget.Ranking,
            "ratings" => TrainerTarget.Ratings,
            "both" => TrainerTarget.Both,
            _ => throw new WorkerException($"the target of its trainer '{name}' is none of ranking, ratings, both"),
        };
        try
        {
            var options = OptionsSchema.Read(trainer.TryGetProperty("options", out var schema) ? schema : JsonDocument.Parse("{}").RootElement);
            var needs = NeedsOf(name, trainer);
            var isRanker = needs.HasFlag(DatasetParts.Ranking);
            if (isRanker && target != TrainerTarget.Ranking)
                throw new WorkerException($"its trainer '{name}' needs ranking, so its target must be ranking");
            return new DescribedTrainer(name, target, isRanker ? FirstStageOptions.AddTo(options) : options, needs, AutoOf(name, trainer));
        }
        catch (FormatException exception)
        {
            throw new WorkerException($"its trainer '{name}' cannot be used: {exception.Message}");
        }
    }

    /// <summary>A program has to be started for every try, so none is tried while a shop waits for its first model.</summary>
    private static AutoUse AutoOf(string name, JsonElement trainer) => !trainer.TryGetProperty("auto", out var auto) ? AutoUse.AfterTheFirstModel : auto.ValueKind switch
    {
        JsonValueKind.True => AutoUse.AfterTheFirstModel,
        JsonValueKind.False => AutoUse.Never,
        _ => throw new WorkerException($"its trainer '{name}' has an auto that is neither true nor false"),
    };

    private static DatasetParts NeedsOf(string name, JsonElement trainer)
    {
        if (!trainer.TryGetProperty("needs", out var needs) || needs.ValueKind != JsonValueKind.Array)
            throw new WorkerException($"its trainer '{name}' does not say what it needs");
        var parts = DatasetParts.None;
        foreach (var need in needs.EnumerateArray())
        {
            parts |= (need.ValueKind == JsonValueKind.String ? need.GetString() : null) switch
            {
                "interactions" => DatasetParts.Interactions,
                "weights" => DatasetParts.Weights,
                "ratings" => DatasetParts.Ratings,
                "content" => DatasetParts.Content,
                "ranking" => DatasetParts.Ranking,
                "ranking-fields" => DatasetParts.Ranking | DatasetParts.RankingFields,
                _ => throw new WorkerException($"its trainer '{name}' needs {need}; there are interactions, weights, ratings, content, ranking, ranking-fields"),
            };
        }

        return parts;
    }

    private static string? TextOf(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex("^[a-z0-9][a-z0-9+-]{0,63}$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TrainerName();
}
